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

/* Closes a pile on many threads, of which this one is the first, so that all of it is done where there are no others. */
static void close_all(struct pile *pile)
{
	pthread_t threads[THREADS];
	pthread_attr_t attributes;
	size_t running = 0;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	while (running < THREADS && running + 1 < pile->count &&
	       pthread_create(&threads[running], &attributes, close_some, pile) == 0)
		running++;
	pthread_attr_destroy(&attributes);
	close_some(pile);
	while (running > 0)
		pthread_join(threads[--running], NULL);
	free(pile->fds);
}

struct closing {
	struct pile pile;
	napi_deferred deferred;
	napi_async_work work;
};

static void work(napi_env env, void *data)
{
	(void)env;
	close_all(&((struct closing *)data)->pile);
}

static void done(napi_env env, napi_status status, void *data)
{
	(void)status;
	struct closing *closing = data;
	napi_value undefined;
	napi_get_undefined(env, &undefined);
	napi_resolve_deferred(env, closing->deferred, undefined);
	napi_delete_async_work(env, closing->work);
	free(closing);
}

napi_value close_held(napi_env env, napi_callback_info info)
{
	(void)info;
	napi_deferred deferred;
	napi_value promise, name;
	struct pile pile = held;

	is_holding = false;
	held = (struct pile){ 0 };
	if (napi_create_promise(env, &deferred, &promise) != napi_ok) {
		close_all(&pile);
		return NULL;
	}
	struct closing *closing = malloc(sizeof *closing);
	if (closing != NULL) {
		*closing = (struct closing){ .pile = pile, .deferred = deferred };
		napi_create_string_utf8(env, "tunpike closing", NAPI_AUTO_LENGTH, &name);
		if (napi_create_async_work(env, NULL, name, work, done, closing, &closing->work) == napi_ok &&
		    napi_queue_async_work(env, closing->work) == napi_ok)
			return promise;
		free(closing);
	}
	close_all(&pile);
	napi_value undefined;
	napi_get_undefined(env, &undefined);
	napi_resolve_deferred(env, deferred, undefined);
	return promise;
}
