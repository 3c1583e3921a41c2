/*
 * The plain C programs that the benchmark measures against and with.
 *
 *   peer relay DEVICE DEVICE     read from one TUN device, one hop less, write to the other, both ways
 *   peer fan DEVICE DEVICE…      read from the first TUN device, one hop less, write to all the others
 *   peer blast ADDRESS SECONDS LENGTH   send UDP datagrams of that IPv4 length as fast as it goes
 *   peer report DEVICE COUNT RATE GROUPS SHARE   send IGMPv3 reports, so many a second, each about the next of the
 *                                groups from 239.0.0.0 on: a join, or one in SHARE (0: none) a leave
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

static unsigned short checksum(const unsigned char *octets, int length)
{
	unsigned int sum = 0;

	for (int i = 0; i < length; i += 2)
		sum += (octets[i] << 8) | octets[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* One record a report: TO_EX of nothing, or TO_IN of nothing. */
static void report(const char *device, unsigned int count, double rate, unsigned int groups, unsigned int share)
{
	static const unsigned char router_alert[4] = { 0x94, 0x04, 0, 0 };
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct ip_mreqn from = { .imr_ifindex = if_nametoindex(device) };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_IGMP);
	double begin = seconds();
	unsigned int sent = 0;

	inet_pton(AF_INET, "224.0.0.22", &to.sin_addr);
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from) < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_OPTIONS, router_alert, sizeof router_alert) < 0) {
		perror("report");
		exit(1);
	}
	while (sent < count) {
		double due = (seconds() - begin) * rate;

		for (; sent < count && sent < due; sent++) {
			unsigned int group = 0xef000000 + sent % groups;
			unsigned char message[16] = { 0x22, 0, 0, 0, 0, 0, 0, 1, share && sent % share == 0 ? 3 : 4, 0, 0, 0,
				group >> 24, group >> 16, group >> 8, group };
			unsigned short sum = checksum(message, sizeof message);

			message[2] = sum >> 8;
			message[3] = sum;
			if (sendto(fd, message, sizeof message, 0, (struct sockaddr *)&to, sizeof to) < 0) {
				perror("report");
				exit(1);
			}
		}
		usleep(500);
	}
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
	else if (argc == 7 && !strcmp(argv[1], "report"))
		report(argv[2], atoi(argv[3]), atof(argv[4]), atoi(argv[5]), atoi(argv[6]));
	else if (argc == 3 && !strcmp(argv[1], "sink"))
		sink(atof(argv[2]));
	else
		return 2;
	return 0;
}
