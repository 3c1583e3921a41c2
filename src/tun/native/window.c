#include "window.h"

/* The longest that is looked, and the shortest, in nanoseconds: a wake-up takes 5 to 75 microseconds (measured). */
static const double LONGEST = 100e3, SHORTEST = 6.25e3;

/* Context switches are counted over so long; of a quiet processor, more than one in 5 ms would be unusual (measured). */
static const double PERIOD = 10e6, BETWEEN_SWITCHES = 5e6;

/*
 * How long nobody looks where others want the processor: twice as long where that was lately so. At first not long, for
 * it may have been threads of our own that compile what runs often.
 */
static const double SHORTEST_PAUSE = 1e9 / 64, LONGEST_PAUSE = 1e9;

static void pause_looking(struct window *window, double now)
{
	const double twice = window->pause * 2;
	const int was_long_ago = window->pause == 0 || now - window->not_before > LONGEST_PAUSE;
	window->pause = was_long_ago ? SHORTEST_PAUSE : twice < LONGEST_PAUSE ? twice : LONGEST_PAUSE;
	window->not_before = now + window->pause;
}

int window_wants_switches(const struct window *window, double now)
{
	return now - window->looked_at >= PERIOD;
}

static void see_switches(struct window *window, double now, double switches)
{
	const double since = now - window->looked_at;
	if (window->looked_at > 0 && (switches - window->switches) * BETWEEN_SWITCHES > since)
		pause_looking(window, now);
	window->looked_at = now;
	window->switches = switches;
}

void window_learn(struct window *window, double now, double waited, double switches)
{
	if (window_wants_switches(window, now))
		see_switches(window, now, switches);
	if (now < window->not_before)
		window->length = 0;
	else if (waited > LONGEST)
		window->length = window->length > SHORTEST ? window->length / 2 : 0;
	else if (window->length < SHORTEST)
		window->length = SHORTEST;
	else
		window->length = window->length * 2 < LONGEST ? window->length * 2 : LONGEST;
}
