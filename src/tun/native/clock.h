/* The clock that timers, delays and waits go by. */
#ifndef TUNPIKE_CLOCK_H
#define TUNPIKE_CLOCK_H

#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds: as a double it is exact for the first hundred days after boot. */
static inline double clock_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

#endif
