#include "closing.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* More gain nothing: the kernel unregisters one device after the other, and only the waiting is shared (measured). */
enum { THREADS = 64, STACK = 64 * 1024 };

struct pile {
	int *fds;
	size_t count, room, next;
};

static _Thread_local struct pile held;
static _Thread_local bool is_holding;

void close_or_hold(int fd)
{
	if (is_holding && held.count == held.room) {
		const size_t room = held.room * 2 + 64;
		int *more = realloc(held.fds, room * sizeof *more);
		if (more == NULL) {
			close(fd);
			return;
		}
		held.fds = more;
		held.room = room;
	}
	if (is_holding)
		held.fds[held.count++] = fd;
	else
		close(fd);
}

static void *close_some(void *data)
{
	struct pile *pile = data;
	size_t i;
	while ((i = __atomic_fetch_add(&pile->next, 1, __ATOMIC_RELAXED)) < pile->count)
		close(pile->fds[i]);
	return NULL;
}

napi_value hold_closing(napi_env env, napi_callback_info info)
{
	(void)env;
	(void)info;
	is_holding = true;
	return NULL;
}

napi_value close_held(napi_env env, napi_callback_info info)
{
	(void)env;
	(void)info;
	pthread_t threads[THREADS];
	pthread_attr_t attributes;
	size_t running = 0;

	is_holding = false;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	/* This thread takes its share, so that all of it is done where there are no others. */
	while (running < THREADS && running + 1 < held.count &&
	       pthread_create(&threads[running], &attributes, close_some, &held) == 0)
		running++;
	pthread_attr_destroy(&attributes);
	close_some(&held);
	while (running > 0)
		pthread_join(threads[--running], NULL);
	free(held.fds);
	held = (struct pile){ 0 };
	return NULL;
}
