/* A sender that is faster than any UDP socket: a packet socket past the qdisc, with checksums left to the device. */
#define _GNU_SOURCE
#include "peer.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LONGEST 2048

static unsigned int sum(const unsigned char *octets, int length, unsigned int value)
{
	for (int i = 0; i < length; i += 2)
		value += octets[i] << 8 | octets[i + 1];
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	return value;
}

static void put(unsigned char *octets, unsigned int value)
{
	octets[0] = value >> 8;
	octets[1] = value;
}

/* Writes a datagram of UDP with a partial checksum behind its virtio-net header; returns the length of all. */
static int make(unsigned char *octets, const char *source, const char *target, int port, int length, const char *station)
{
	struct virtio_net_hdr *header = (struct virtio_net_hdr *)octets;
	const int link = station == NULL ? 0 : ETHER_HDR_LEN;
	unsigned char *datagram = octets + VIRTIO + link;

	header->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	header->csum_start = link + 20;
	header->csum_offset = 6;
	if (link > 0) {
		unsigned char *to = octets + VIRTIO;

		if (sscanf(station, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", to, to + 1, to + 2, to + 3, to + 4, to + 5) != 6)
			exit(2);
		put(octets + VIRTIO + 12, ETH_P_IP);
	}
	datagram[0] = 0x45;
	put(datagram + 2, length);
	datagram[6] = 0x40;
	datagram[8] = 64;
	datagram[9] = IPPROTO_UDP;
	inet_pton(AF_INET, source, datagram + 12);
	inet_pton(AF_INET, target, datagram + 16);
	put(datagram + 10, ~sum(datagram, 20, 0));
	put(datagram + 20, 40000);
	put(datagram + 22, port);
	put(datagram + 24, length - 20);
	put(datagram + 26, sum(datagram + 12, 8, IPPROTO_UDP + length - 20));
	return VIRTIO + link + length;
}

/* So many flows in turn. `station` is the Ethernet address of the next hop, NULL for a TUN device. Prints as `blast`. */
void flood(const char *device, const char *source, const char *target, double time, int flows, int length,
	   const char *station)
{
	static unsigned char octets[BURST][LONGEST];
	static struct mmsghdr messages[BURST];
	struct iovec parts[BURST];
	const struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
					.sll_ifindex = if_nametoindex(device) };
	const int fd = socket(AF_PACKET, SOCK_RAW, 0), on = 1;
	double sent = 0;

	if (length < 28 || length > 1500 || flows < 1)
		exit(2);
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) < 0 ||
	    bind(fd, (const struct sockaddr *)&at, sizeof at) < 0)
		fail(device);
	for (int i = 0; i < BURST; i++) {
		parts[i].iov_base = octets[i];
		parts[i].iov_len = make(octets[i], source, target, PORT + i % flows, length, station);
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	const double begin = seconds();
	while (seconds() < begin + time) {
		const int taken = sendmmsg(fd, messages, BURST, 0);
		if (taken > 0)
			sent += taken;
	}
	printf("{\"sent\":%.0f,\"seconds\":%.4f}\n", sent, seconds() - begin);
}
