/*
 * Gathering: the datagrams of UDP of one burst that could be segments of one become super-datagrams.
 *
 * One header then stands for up to 64 of them, with a virtio-net header that says so, exactly as if their sender had
 * handed over a super-datagram. A run is what can be taken apart again to the same octets: of one flow, equal in all but
 * length, identification and checksum; equally long, but for the last; with identifications that count on, or with DF and
 * one identification for all, which a flag says that no kernel uses. What has a wrong checksum stays alone. The order
 * within each flow stays.
 */
#ifndef TUNPIKE_GATHER_H
#define TUNPIKE_GATHER_H

#include <stdint.h>

/* In the flags of a virtio-net header: the datagrams that it stands for have one identification. */
enum { ONE_IDENTIFICATION = 0x80 };

struct gather;

/* Where datagrams are, each behind its virtio-net header: datagram i is octets[offsets[i] … offsets[i] + lengths[i]). */
struct gather_burst {
	uint8_t *octets;
	uint32_t *offsets, *lengths;
	uint32_t count;
	/* Nothing is read beyond the first; super-datagrams are put between the other two. */
	uint32_t input_limit, at, limit;
};

/* NULL without memory. */
struct gather *gather_new(void);

/*
 * Puts super-datagrams in the place of the first datagram of each run, and closes the gaps of the others; returns how
 * many there are now. Where bursts are not in runs, it does not look for a while.
 */
uint32_t gather(struct gather *g, struct gather_burst burst);

#endif
