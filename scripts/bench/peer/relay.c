/*
 * The floors: poll, read until empty, TTL and checksum, write. No routing, no checks. With virtio-net headers
 * super-datagrams are passed on as they came.
 */
#define _GNU_SOURCE
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Checksum, TSO4, TSO6, USO4, USO6; the last two not in every linux/if_tun.h. */
#define FEATURES (0x01 | 0x02 | 0x04 | 0x20 | 0x40)
#define MOST_DEVICES 64

static unsigned char octets[VIRTIO + 65536];

static int open_tun(const char *name, enum header header)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI | (header == VIRTIO ? IFF_VNET_HDR : 0) };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK), length = header;

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
		fail(name);
	if (header == VIRTIO && (ioctl(fd, TUNSETVNETHDRSZ, &length) < 0 || ioctl(fd, TUNSETOFFLOAD, FEATURES) < 0))
		fail(name);
	return fd;
}

/* Reads the next datagram and takes a hop from it; returns the length of all that is to be written, or 0. */
static size_t next_datagram(int fd, enum header header)
{
	unsigned char *datagram = octets + header;
	const ssize_t length = read(fd, octets, sizeof octets);

	if (length < header + 20)
		return 0;
	unsigned int sum = ((datagram[10] << 8) | datagram[11]) + 0x100;
	sum = (sum & 0xffff) + (sum >> 16);
	datagram[8]--;
	datagram[10] = sum >> 8;
	datagram[11] = sum;
	/* The length of all headers, which on forwarded datagrams is that of the whole. */
	if (header == VIRTIO && octets[1] != 0) {
		const unsigned short at = (datagram[0] & 15) * 4;
		const unsigned short headers = at + (datagram[9] == 6 ? (datagram[at + 12] >> 4) * 4 : 8);
		memcpy(octets + 2, &headers, sizeof headers);
	}
	return length;
}

static void put(int fd, size_t length)
{
	if (write(fd, octets, length) < 0 && errno == EBADFD)
		exit(0);
}

void relay(enum header header, const char *a, const char *b)
{
	struct pollfd ends[2] = { { open_tun(a, header), POLLIN, 0 }, { open_tun(b, header), POLLIN, 0 } };

	ready();
	for (;;) {
		poll(ends, 2, -1);
		for (int side = 0; side < 2; side++) {
			if (!(ends[side].revents & POLLIN))
				continue;
			for (int i = 0; i < BURST; i++) {
				const size_t length = next_datagram(ends[side].fd, header);

				if (length == 0)
					break;
				put(ends[1 - side].fd, length);
			}
		}
	}
}

void fan(enum header header, int count, char **names)
{
	struct pollfd in = { open_tun(names[0], header), POLLIN, 0 };
	int out[MOST_DEVICES];

	if (count > MOST_DEVICES)
		count = MOST_DEVICES;
	for (int i = 1; i < count; i++)
		out[i] = open_tun(names[i], header);
	ready();
	for (;;) {
		poll(&in, 1, -1);
		for (int i = 0; i < BURST; i++) {
			const size_t length = next_datagram(in.fd, header);

			if (length == 0)
				break;
			for (int to = 1; to < count; to++)
				put(out[to], length);
		}
	}
}
