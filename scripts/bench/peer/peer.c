/*
 * The plain C programs that the benchmark measures against and with; `virtio-` means with virtio-net headers.
 *
 *   peer relay DEVICE DEVICE     read from one TUN device, one hop less, write to the other, both ways
 *   peer virtio-relay DEVICE DEVICE
 *   peer fan DEVICE DEVICE…      read from the first TUN device, one hop less, write to all the others
 *   peer virtio-fan DEVICE DEVICE…
 *   peer blast ADDRESS SECONDS FLOWS LENGTHS RATE   send UDP, one flow after the other, each with its length, an IPv4
 *                                datagram's (64,576,1500); so many a second, 0: as fast as it goes
 *   peer flood DEVICE SOURCE ADDRESS SECONDS FLOWS LENGTH [STATION]   send UDP past sockets and queues; STATION is the
 *                                Ethernet address of the next hop, where the device is no TUN device
 *   peer sink SECONDS FLOWS      hold the UDP ports of these flows open and read nothing: the kernel counts what arrives
 *   peer stream ADDRESS SECONDS  send by TCP as fast as it goes
 *   peer drain                   take what comes by TCP, from anybody
 *   peer ping ADDRESS SECONDS    round trips of 64 octets of UDP, one after another, in microseconds
 *   peer echo                    answer them
 *   peer report DEVICE COUNT RATE GROUPS SHARE   send IGMPv3 reports, so many a second, each about the next of the
 *                                groups from 239.0.0.0 on: a join, or one in SHARE (0: none) a leave
 */
#define _GNU_SOURCE
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

void ready(void)
{
	puts("ready");
	fflush(stdout);
}

void fail(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const enum header header = strncmp(what, "virtio-", 7) == 0 ? VIRTIO : PLAIN;

	if (header == VIRTIO)
		what += 7;
	if (argc == 4 && !strcmp(what, "relay"))
		relay(header, argv[2], argv[3]);
	else if (argc > 3 && !strcmp(what, "fan"))
		fan(header, argc - 2, argv + 2);
	else if (argc == 7 && !strcmp(what, "blast"))
		blast(argv[2], atof(argv[3]), atoi(argv[4]), argv[5], atof(argv[6]));
	else if ((argc == 8 || argc == 9) && !strcmp(what, "flood"))
		flood(argv[2], argv[3], argv[4], atof(argv[5]), atoi(argv[6]), atoi(argv[7]), argv[8]);
	else if (argc == 4 && !strcmp(what, "sink"))
		sink(atof(argv[2]), atoi(argv[3]));
	else if (argc == 4 && !strcmp(what, "stream"))
		stream(argv[2], atof(argv[3]));
	else if (argc == 2 && !strcmp(what, "drain"))
		drain();
	else if (argc == 4 && !strcmp(what, "ping"))
		ping(argv[2], atof(argv[3]));
	else if (argc == 2 && !strcmp(what, "echo"))
		echo();
	else if (argc == 7 && !strcmp(what, "report"))
		report(argv[2], atoi(argv[3]), atof(argv[4]), atoi(argv[5]), atoi(argv[6]));
	else
		return 2;
	return 0;
}
