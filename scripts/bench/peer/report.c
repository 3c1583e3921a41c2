/* IGMPv3 reports. */
#define _GNU_SOURCE
#include "peer.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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
void report(const char *device, unsigned int count, double rate, unsigned int groups, unsigned int share)
{
	static const unsigned char router_alert[4] = { 0x94, 0x04, 0, 0 };
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct ip_mreqn from = { .imr_ifindex = if_nametoindex(device) };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_IGMP);
	double begin = seconds();
	unsigned int sent = 0;

	inet_pton(AF_INET, "224.0.0.22", &to.sin_addr);
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from) < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_OPTIONS, router_alert, sizeof router_alert) < 0)
		fail("report");
	while (sent < count) {
		double due = (seconds() - begin) * rate;

		for (; sent < count && sent < due; sent++) {
			unsigned int group = 0xef000000 + sent % groups;
			unsigned char message[16] = { 0x22, 0, 0, 0, 0, 0, 0, 1, share && sent % share == 0 ? 3 : 4, 0, 0, 0,
				group >> 24, group >> 16, group >> 8, group };
			unsigned short sum = checksum(message, sizeof message);

			message[2] = sum >> 8;
			message[3] = sum;
			if (sendto(fd, message, sizeof message, 0, (struct sockaddr *)&to, sizeof to) < 0)
				fail("report");
		}
		usleep(500);
	}
}
