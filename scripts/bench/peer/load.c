/* What is sent as fast as it goes, and who takes it. */
#define _GNU_SOURCE
#include "peer.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The headers of IPv4 and UDP. */
#define HEADERS 28
#define MOST_LENGTHS 16
#define PIECE (128 * 1024)

static char data[PIECE];

/*
 * So many flows in turn, each with the next of the lengths, which are those of the IPv4 datagrams. Prints as JSON how
 * many were sent, and in how long. `rate` is datagrams a second, 0 as many as it takes.
 */
void blast(const char *address, double time, int flows, char *lengths, double rate)
{
	static struct mmsghdr messages[BURST];
	static struct sockaddr_in to[BURST];
	struct iovec parts[BURST];
	const unsigned char hops = 8;
	int kinds = 0, length[MOST_LENGTHS], next = 0;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct in_addr there;
	double sent = 0;

	inet_pton(AF_INET, address, &there);
	for (char *word = strtok(lengths, ","); word != NULL && kinds < MOST_LENGTHS; word = strtok(NULL, ","))
		length[kinds++] = atoi(word) - HEADERS;
	if (kinds == 0 || flows < 1)
		exit(2);
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops);
	const double begin = seconds();
	while (seconds() < begin + time) {
		const double due = rate > 0 ? (seconds() - begin) * rate - sent : BURST;
		const int count = due < BURST ? (int)due : BURST;

		if (count < 1) {
			usleep(50);
			continue;
		}
		for (int i = 0; i < count; i++, next = (next + 1) % flows) {
			to[i] = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(PORT + next), .sin_addr = there };
			parts[i] = (struct iovec){ data, length[next % kinds] };
			messages[i].msg_hdr = (struct msghdr){
				.msg_name = &to[i], .msg_namelen = sizeof to[i], .msg_iov = &parts[i], .msg_iovlen = 1
			};
		}
		const int taken = sendmmsg(fd, messages, count, 0);
		if (taken > 0)
			sent += taken;
	}
	printf("{\"sent\":%.0f,\"seconds\":%.4f}\n", sent, seconds() - begin);
}

/* Holds the ports of so many flows open and reads nothing: the kernel counts what arrives. */
void sink(double time, int flows)
{
	for (int i = 0; i < flows; i++) {
		const struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT + i) };
		const int fd = socket(AF_INET, SOCK_DGRAM, 0), least = 1;

		/* What waits unread is not counted. */
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
		if (bind(fd, (const struct sockaddr *)&at, sizeof at) < 0)
			fail("bind");
	}
	ready();
	usleep((useconds_t)(time * 1e6));
}

/* One TCP connection to somebody who drains it, as fast as it goes. */
void stream(const char *address, double time)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	const double end = seconds() + time;

	inet_pton(AF_INET, address, &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		fail("connect");
	while (seconds() < end)
		if (send(fd, data, sizeof data, MSG_NOSIGNAL) < 0)
			fail("send");
}

static void *drain_one(void *given)
{
	static _Thread_local char taken[PIECE];
	const int fd = (int)(long)given;

	while (recv(fd, taken, sizeof taken, 0) > 0)
		;
	close(fd);
	return NULL;
}

/* Reads everything that anybody sends by TCP. */
void drain(void)
{
	const struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0), again = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
	if (bind(fd, (const struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 16) < 0)
		fail("bind");
	ready();
	for (;;) {
		pthread_t thread;
		const int accepted = accept(fd, NULL, NULL);

		if (accepted >= 0 && pthread_create(&thread, NULL, drain_one, (void *)(long)accepted) == 0)
			pthread_detach(thread);
	}
}
