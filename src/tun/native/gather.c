/* See gather.h. */
#include "gather.h"
#include "descriptor.h"
#include "internet.h"
#include "place.h"

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* IPv4 without options, and both headers. */
enum { IP_HEADER = 20, HEADERS = 28 };
enum { UDP = 17, UDP_SEGMENTS = 5, CHECKSUM_IN_UDP = 6, DF = 0x40 };
/* More segments than these, older kernels do not take at once. */
enum { MOST_SEGMENTS = 64, LONGEST = 65535 };
/* Bursts of which less than a quarter was gathered are no reason to look at the next ones. */
enum { FEW = 4, WORTHWHILE = 4, PAUSE = 15 };
/* Flows whose runs are open at the same time; one that needs the place of another closes its run. */
enum { SLOT_BITS = 10, SLOTS = 1 << SLOT_BITS };
enum { NONE = -1 };

/* A burst of more is left as it is. */
enum { MOST = 2048 };

struct slot {
	int32_t head, last; /* NONE: no run is open */
};

/* What has been read of a burst: the arrays of the caller may change meanwhile, for other threads may share them. */
struct piece {
	uint32_t at, length;
	int32_t next;      /* in its run */
	uint32_t segments; /* of the run that begins here; 0 in a run that began before */
	uint32_t total;    /* of that run, with one header */
	uint32_t step;     /* from one identification of it to the next */
};

struct gather {
	uint8_t *octets;
	uint32_t pause;
	bool is_any_open;
	struct piece pieces[MOST];
	struct slot slots[SLOTS];
};

struct gather *gather_new(void)
{
	struct gather *g = calloc(1, sizeof *g);
	if (g != NULL)
		g->is_any_open = true;
	return g;
}

static uint8_t *datagram_at(const struct gather *g, uint32_t i)
{
	return g->octets + g->pieces[i].at;
}

static uint64_t pseudo_header(const uint8_t *datagram, uint32_t udp_length)
{
	uint8_t rest[4] = { 0, UDP };
	put_uint16(rest + 2, udp_length);
	return add_octets(rest, sizeof rest, add_octets(datagram + 12, 8, 0));
}

/* UDP with nothing about it that would keep it from being a segment, but perhaps its checksums. */
static bool is_plain(const uint8_t *datagram, uint32_t length)
{
	struct virtio_net_hdr header;
	memcpy(&header, datagram - VIRTIO_HEADER, VIRTIO_HEADER);
	return header.gso_type == VIRTIO_NET_HDR_GSO_NONE &&
	       ((header.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0 ||
		(header.csum_start == IP_HEADER && header.csum_offset == CHECKSUM_IN_UDP)) &&
	       length > HEADERS && datagram[0] == 0x45 && datagram[9] == UDP && (datagram[6] & 0xbf) == 0 &&
	       datagram[7] == 0 && uint16_at(datagram + 2) == length && uint16_at(datagram + 24) == length - IP_HEADER;
}

/* Of these the flow is not known here: what follows must not get in front of it. */
static bool may_belong_to_any_flow(const uint8_t *datagram, uint32_t length)
{
	return length < HEADERS || datagram[0] != 0x45 || datagram[9] == UDP;
}

/* Whether both checksums are right; a UDP checksum of zero is none. */
static bool is_right(const uint8_t *datagram, uint32_t length)
{
	const uint32_t udp_length = length - IP_HEADER;
	const uint64_t pseudo = pseudo_header(datagram, udp_length);
	if (has_sum(datagram + 26, 0) || fold(add_octets(datagram, IP_HEADER, 0)) != 0xffff)
		return false;
	if ((datagram[-VIRTIO_HEADER] & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0)
		return has_sum(datagram + 26, fold(pseudo));
	return fold(add_octets(datagram + IP_HEADER, udp_length, pseudo)) == 0xffff;
}

/* Addresses and ports are one behind another. */
static bool is_same_flow(const uint8_t *one, const uint8_t *other)
{
	return memcmp(one + 12, other + 12, 12) == 0;
}

static struct slot *slot_of(struct gather *g, const uint8_t *datagram)
{
	uint32_t words[3];
	memcpy(words, datagram + 12, sizeof words);
	const uint32_t mixed = words[0] ^ words[1] * 0x85ebca6bu ^ words[2];
	return &g->slots[mixed * 0x9e3779b1u >> (32 - SLOT_BITS)];
}

/* Whether the next datagram of a run may have an identification; the second one says how they go on. */
static bool counts_on(const struct piece *run, const uint8_t *head, const uint8_t *datagram, uint32_t *step)
{
	const uint32_t distance = (uint16_at(datagram + 4) - uint16_at(head + 4)) & 0xffff;
	*step = run->segments > 1 ? run->step : distance;
	return distance == *step * run->segments && (*step == 1 || (*step == 0 && (head[6] & DF) != 0));
}

/* Whether a datagram may go on where a run is. */
static bool follows(const struct piece *run, const uint8_t *head, const uint8_t *datagram, uint32_t length)
{
	return is_same_flow(head, datagram) && length <= run->length && run->segments < MOST_SEGMENTS &&
	       run->total + length - HEADERS <= LONGEST && head[1] == datagram[1] && head[8] == datagram[8] &&
	       head[6] == datagram[6];
}

/* Makes a datagram the next of a run, if it is that and the checksums of both are right. */
static bool join(struct piece *run, const uint8_t *head, const uint8_t *datagram, uint32_t length)
{
	uint32_t step;
	if (!follows(run, head, datagram, length) || !counts_on(run, head, datagram, &step) ||
	    !is_right(datagram, length))
		return false;
	/* Those of the first were looked at when the second came. */
	if (run->segments == 1 && !is_right(head, run->length))
		return false;
	run->step = step;
	run->total += length - HEADERS;
	run->segments++;
	return true;
}

static void close_all(struct gather *g)
{
	if (g->is_any_open)
		for (uint32_t i = 0; i < SLOTS; i++)
			g->slots[i].last = NONE;
	g->is_any_open = false;
}

/* Finds the run that a datagram continues, or begins one; returns whether it continues one. */
static bool place(struct gather *g, uint32_t i)
{
	const uint8_t *datagram = datagram_at(g, i);
	struct slot *slot = slot_of(g, datagram);

	if (slot->last != NONE) {
		struct piece *run = &g->pieces[slot->head], *piece = &g->pieces[i];
		if (join(run, datagram_at(g, (uint32_t)slot->head), datagram, piece->length)) {
			g->pieces[slot->last].next = (int32_t)i;
			piece->segments = 0;
			/* A shorter one is the last of its run. */
			slot->last = piece->length < run->length ? NONE : (int32_t)i;
			return true;
		}
	}
	g->is_any_open = true;
	*slot = (struct slot){ .head = (int32_t)i, .last = (int32_t)i };
	return false;
}

/* Writes the run that begins with a piece at `to`, where there is room for all of it and its virtio-net header. */
static void put_together(const struct gather *g, const struct piece *head, uint8_t *to)
{
	const struct virtio_net_hdr header = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM | (head->step == 0 ? ONE_IDENTIFICATION : 0),
		.gso_type = UDP_SEGMENTS,
		.hdr_len = HEADERS,
		.gso_size = (uint16_t)(head->length - HEADERS),
		.csum_start = IP_HEADER,
		.csum_offset = CHECKSUM_IN_UDP,
	};
	memcpy(to - VIRTIO_HEADER, &header, VIRTIO_HEADER);
	memcpy(to, g->octets + head->at, HEADERS);
	put_uint16(to + 2, head->total);
	put_sum(to + 10, 0);
	put_sum(to + 10, ~fold(add_octets(to, IP_HEADER, 0)));
	put_uint16(to + 24, head->total - IP_HEADER);
	put_sum(to + 26, fold(pseudo_header(to, head->total - IP_HEADER)));
	uint8_t *end = to + HEADERS;
	for (const struct piece *each = head;; each = &g->pieces[each->next]) {
		memcpy(end, g->octets + each->at + HEADERS, each->length - HEADERS);
		end += each->length - HEADERS;
		if (each->next == NONE)
			break;
	}
}

/* Takes down what a burst has; false where some of it is not where it should be. */
static bool take_down(struct gather *g, const struct gather_burst *burst)
{
	g->octets = burst->octets;
	for (uint32_t i = 0; i < burst->count; i++) {
		const uint32_t at = burst->offsets[i], length = burst->lengths[i];
		if (at < VIRTIO_HEADER || (uint64_t)at + length > burst->input_limit)
			return false;
		g->pieces[i] = (struct piece){ at, length, NONE, 1, length, 0 };
	}
	return true;
}

/* Finds the runs; returns how many datagrams continue one. */
static uint32_t find_runs(struct gather *g, uint32_t count)
{
	uint32_t tried = 0, merged = 0;
	close_all(g);
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *datagram = datagram_at(g, i);
		if (is_plain(datagram, g->pieces[i].length)) {
			tried++;
			merged += place(g, i);
		} else if (may_belong_to_any_flow(datagram, g->pieces[i].length))
			close_all(g);
	}
	if (merged * WORTHWHILE < tried)
		g->pause = PAUSE;
	return merged;
}

uint32_t gather(struct gather *g, struct gather_burst burst)
{
	uint64_t at = burst.at;
	uint32_t units = 0;

	if (burst.count < FEW || burst.count > MOST)
		return burst.count;
	if (g->pause > 0) {
		g->pause--;
		return burst.count;
	}
	if (!take_down(g, &burst) || find_runs(g, burst.count) == 0)
		return burst.count;
	for (uint32_t i = 0; i < burst.count; i++)
		if (g->pieces[i].segments > 1)
			at = place_after(at, g->pieces[i].total);
	if (at > burst.limit)
		return burst.count;
	at = burst.at;
	for (uint32_t i = 0; i < burst.count; i++) {
		const struct piece *piece = &g->pieces[i];
		if (piece->segments == 0)
			continue;
		burst.offsets[units] = piece->segments > 1 ? (uint32_t)at : piece->at;
		burst.lengths[units++] = piece->total;
		if (piece->segments > 1) {
			put_together(g, piece, burst.octets + at);
			at = place_after(at, piece->total);
		}
	}
	return units;
}
