/*
 * Sends what means ill, and what makes routers answer: storm DEVICE SECONDS RATE SEED SOURCE TARGET ROUTER.
 *
 * So many datagrams a second, straight to a TUN device: mutated ones, arbitrary octets, echo requests to a router,
 * times to live that end on the way, destinations that nobody has, fragments that never become whole.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 1400, HEADER = 20 };

static uint32_t state;

/* Source: George Marsaglia, Xorshift RNGs. */
static uint32_t below(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void put_checksum(unsigned char *octets, int length, int place)
{
	uint32_t sum = 0;
	octets[place] = octets[place + 1] = 0;
	for (int i = 0; i < length; i += 2)
		sum += (octets[i] << 8) | (i + 1 < length ? octets[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	octets[place] = ~sum >> 8;
	octets[place + 1] = ~sum;
}

/* Makes the next datagram; gives its length. */
static int make(unsigned char *datagram, const unsigned char *source, const unsigned char *target, const unsigned char *router)
{
	const int kind = below(7), length = HEADER + 8 + below(LONGEST - HEADER - 8);
	memset(datagram, 0, length);
	datagram[0] = 0x45;
	datagram[2] = length >> 8;
	datagram[3] = length;
	datagram[4] = below(256);
	datagram[5] = below(256);
	datagram[8] = 64;
	datagram[9] = IPPROTO_UDP;
	memcpy(datagram + 12, source, 4);
	memcpy(datagram + 16, target, 4);
	datagram[HEADER + 3] = 9;
	datagram[HEADER + 4] = (length - HEADER) >> 8;
	datagram[HEADER + 5] = length - HEADER;
	if (kind == 0) {
		for (int i = 0; i < length; i++)
			datagram[i] = below(256);
		return 1 + below(length);
	}
	if (kind == 1) {
		memcpy(datagram + 16, router, 4);
		datagram[9] = IPPROTO_ICMP;
		datagram[HEADER] = below(2) ? 8 : below(256);
		put_checksum(datagram + HEADER, length - HEADER, 2);
	}
	if (kind == 2)
		datagram[8] = 1 + below(3);
	if (kind == 3)
		datagram[16 + below(4)] = below(256);
	if (kind == 4) {
		memcpy(datagram + 16, router, 4);
		datagram[6] = 0x20 | below(32);
		datagram[7] = below(256);
	}
	put_checksum(datagram, HEADER, 10);
	if (kind >= 5)
		for (int flips = 1 + below(6); flips > 0; flips--)
			datagram[below(HEADER + 12)] ^= 1 << below(8);
	if (kind == 6)
		put_checksum(datagram, HEADER, 10);
	return length;
}

int main(int argc, char **argv)
{
	static unsigned char datagram[LONGEST];
	unsigned char source[4], target[4], router[4];
	if (argc != 8)
		return 2;
	const double begin = seconds(), end = begin + atof(argv[2]), rate = atof(argv[3]);
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = if_nametoindex(argv[1]) };
	const int fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (fd < 0 || to.sll_ifindex == 0 || inet_pton(AF_INET, argv[5], source) != 1 ||
	    inet_pton(AF_INET, argv[6], target) != 1 || inet_pton(AF_INET, argv[7], router) != 1) {
		perror("storm");
		return 1;
	}
	state = strtoul(argv[4], NULL, 10) | 1;
	for (double sent = 0; seconds() < end; usleep(1000))
		for (; sent < (seconds() - begin) * rate; sent++) {
			const int length = make(datagram, source, target, router);
			/* Who is overrun loses some, as on any network. */
			(void)!sendto(fd, datagram, length, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to);
		}
	return 0;
}
