/* Round trips, one after another. */
#define _GNU_SOURCE
#include "peer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

/* Octets of payload, so that the datagram has 64. */
#define LENGTH 36
/* More than there are in any run. */
#define MOST 4000000
/* At the beginning, which are not counted. */
#define WARM_UP 500

void echo(void)
{
	const struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(ECHO_PORT) };
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char octets[LENGTH];

	if (bind(fd, (const struct sockaddr *)&at, sizeof at) < 0)
		fail("bind");
	ready();
	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		const ssize_t length = recvfrom(fd, octets, sizeof octets, 0, (struct sockaddr *)&from, &size);

		if (length > 0)
			sendto(fd, octets, length, 0, (struct sockaddr *)&from, size);
	}
}

static int later(const void *a, const void *b)
{
	const float one = *(const float *)a, other = *(const float *)b;

	return one < other ? -1 : one > other;
}

/* Prints as JSON how many came back, how many did not, and the microseconds of 50, 99 and 99.9 % and of the longest. */
void ping(const char *address, double time)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(ECHO_PORT) };
	const struct timeval patience = { .tv_usec = 200000 };
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	float *trips = malloc(MOST * sizeof *trips);
	long count = 0, lost = 0, number = 0;
	long octets[(LENGTH + sizeof(long) - 1) / sizeof(long)] = { 0 };

	inet_pton(AF_INET, address, &to.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (trips == NULL || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		fail("connect");
	for (const double end = seconds() + time; seconds() < end && count < MOST; number++) {
		const double begin = seconds();
		ssize_t length;

		octets[0] = number;
		send(fd, octets, LENGTH, 0);
		/* What is late belongs to one before. */
		do
			length = recv(fd, octets, LENGTH, 0);
		while (length > 0 && octets[0] != number);
		if (length <= 0)
			lost++;
		else if (number >= WARM_UP)
			trips[count++] = (seconds() - begin) * 1e6;
	}
	qsort(trips, count, sizeof *trips, later);
#define AT(share) (count > 0 ? trips[(long)((share) * (count - 1))] : 0)
	printf("{\"count\":%ld,\"lost\":%ld,\"p50\":%.2f,\"p99\":%.2f,\"p999\":%.2f,\"most\":%.2f}\n", count, lost, AT(0.5),
	       AT(0.99), AT(0.999), AT(1));
}
