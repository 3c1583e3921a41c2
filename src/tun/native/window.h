/* How long to look for work before sleeping: the rule, which knows no clock and asks nobody. */
#ifndef TUNPIKE_WINDOW_H
#define TUNPIKE_WINDOW_H

#include <stdint.h>

/* Times are nanoseconds of one clock. Numbers of this kind, so that a test may hold one in a Float64Array. */
struct window {
	double length;     /* how long to look, 0: not at all */
	double not_before; /* until then it stays 0 */
	double pause;      /* how long it last stayed so */
	double looked_at;  /* when `switches` was seen last; 0: never */
	double switches;
};

/*
 * Learns from a wait that has ended `now`, after `waited`: one that was short enough to have been looked through makes
 * the window twice as long, any other half as long. Where others want the processor, which the rising number of its
 * involuntary context switches tells, nobody looks for a while: the longer the more often that comes, up to a second.
 */
void window_learn(struct window *window, double now, double waited, double switches);

/* Whether it is time to see how many context switches there were; asking costs a system call. */
int window_wants_switches(const struct window *window, double now);

#endif
