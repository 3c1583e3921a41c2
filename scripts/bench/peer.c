/*
 * The plain C programs that the benchmark measures against and with.
 *
 *   peer relay DEVICE DEVICE     read from one TUN device, one hop less, write to the other, both ways
 *   peer fan DEVICE DEVICE…      read from the first TUN device, one hop less, write to all the others
 *   peer blast ADDRESS SECONDS LENGTH   send UDP datagrams of that IPv4 length as fast as it goes
 *   peer sink SECONDS            hold UDP port 9 open and read nothing: the kernel counts what arrives
 *
 * The relay is the floor: poll, read until empty, TTL and checksum, write. No routing, no checks.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT 9
#define BURST 64
#define HEADERS 28

static int open_tun(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
		perror(name);
		exit(1);
	}
	return fd;
}

static void one_hop_less(unsigned char *datagram)
{
	unsigned int sum = ((datagram[10] << 8) | datagram[11]) + 0x100;

	datagram[8]--;
	sum = (sum & 0xffff) + (sum >> 16);
	datagram[10] = sum >> 8;
	datagram[11] = sum;
}

static void relay(const char *a, const char *b)
{
	static unsigned char datagram[65536];
	struct pollfd ends[2] = { { open_tun(a), POLLIN, 0 }, { open_tun(b), POLLIN, 0 } };

	puts("ready");
	fflush(stdout);
	for (;;) {
		poll(ends, 2, -1);
		for (int side = 0; side < 2; side++) {
			if (!(ends[side].revents & POLLIN))
				continue;
			for (int i = 0; i < BURST; i++) {
				ssize_t length = read(ends[side].fd, datagram, sizeof datagram);

				if (length < 20)
					break;
				one_hop_less(datagram);
				if (write(ends[1 - side].fd, datagram, length) < 0 && errno == EBADFD)
					exit(0);
			}
		}
	}
}

static void fan(int count, char **names)
{
	static unsigned char datagram[65536];
	struct pollfd in = { open_tun(names[0]), POLLIN, 0 };
	int out[64];

	for (int i = 1; i < count && i < 64; i++)
		out[i] = open_tun(names[i]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		poll(&in, 1, -1);
		for (int i = 0; i < BURST; i++) {
			ssize_t length = read(in.fd, datagram, sizeof datagram);

			if (length < 20)
				break;
			one_hop_less(datagram);
			for (int to = 1; to < count; to++)
				if (write(out[to], datagram, length) < 0 && errno == EBADFD)
					exit(0);
		}
	}
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void blast(const char *address, double time, int length)
{
	static char data[65536];
	unsigned char hops = 8;
	struct mmsghdr messages[BURST];
	struct iovec part = { data, length - HEADERS };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	double end = seconds() + time;

	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops);
	inet_pton(AF_INET, address, &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
		perror("connect");
		exit(1);
	}
	memset(messages, 0, sizeof messages);
	for (int i = 0; i < BURST; i++) {
		messages[i].msg_hdr.msg_iov = &part;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	while (seconds() < end)
		sendmmsg(fd, messages, BURST, 0);
}

static void sink(double length)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
		perror("bind");
		exit(1);
	}
	puts("ready");
	fflush(stdout);
	usleep((useconds_t)(length * 1e6));
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "relay"))
		relay(argv[2], argv[3]);
	else if (argc > 3 && !strcmp(argv[1], "fan"))
		fan(argc - 2, argv + 2);
	else if (argc == 5 && !strcmp(argv[1], "blast"))
		blast(argv[2], atof(argv[3]), atoi(argv[4]));
	else if (argc == 3 && !strcmp(argv[1], "sink"))
		sink(atof(argv[2]));
	else
		return 2;
	return 0;
}
