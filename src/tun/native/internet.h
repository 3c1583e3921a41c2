/* Numbers and sums as the Internet's headers have them. Source: RFC 1071. */
#ifndef TUNPIKE_INTERNET_H
#define TUNPIKE_INTERNET_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t uint16_at(const uint8_t *octets)
{
	return (uint32_t)octets[0] << 8 | octets[1];
}

static inline void put_uint16(uint8_t *octets, uint32_t value)
{
	octets[0] = (uint8_t)(value >> 8);
	octets[1] = (uint8_t)value;
}

/* Sums are in the order of the machine, which is that of a field that is copied (§2 (B)). */
static inline uint64_t add_octets(const uint8_t *octets, uint32_t length, uint64_t sum)
{
	uint32_t at = 0, word;
	for (; at + sizeof word <= length; at += sizeof word) {
		memcpy(&word, octets + at, sizeof word);
		sum += word;
	}
	/* What is missing to four octets is zero. */
	word = 0;
	memcpy(&word, octets + at, length - at);
	return sum + word;
}

static inline uint32_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)sum;
}

static inline void put_sum(uint8_t *field, uint32_t sum)
{
	const uint16_t value = (uint16_t)sum;
	memcpy(field, &value, sizeof value);
}

static inline bool has_sum(const uint8_t *field, uint32_t sum)
{
	uint16_t value;
	memcpy(&value, field, sizeof value);
	return value == sum;
}

#endif
