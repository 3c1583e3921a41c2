/* Where datagrams stand in the octets that ports share: at multiples of a cache line, with room for a virtio-net header. */
#ifndef TUNPIKE_PLACE_H
#define TUNPIKE_PLACE_H

#include <stdint.h>

enum { ALIGNMENT = 64, HEADROOM = 16 };

/* The place behind a datagram. */
static inline uint64_t place_after(uint64_t at, uint64_t length)
{
	return (at + length + HEADROOM + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
}

#endif
