#define _GNU_SOURCE
#include "polling.h"

#include "arguments.h"
#include "clock.h"
#include "libuv.h"
#include "window.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum how { SLEEPS, ADAPTS, NEVER_SLEEPS, HOWS };

/* The two handles around each wait of a loop. */
struct polling {
	uv_loop_t *loop;
	uv_handle_t *before, *after;
	int open;
	napi_async_cleanup_hook_handle hook;
	enum how how;
	double began; /* when the loop had nothing to do any more; 0: it has */
	struct window window;
};

/* Each thread has a loop of its own. */
static _Thread_local struct polling *own;

static double switches(void)
{
	struct rusage usage;
	return getrusage(RUSAGE_THREAD, &usage) == 0 ? (double)usage.ru_nivcsw : 0;
}

/*
 * Whatever a loop waits for makes its descriptor readable. In between, whoever else wants this processor gets it: a
 * peer on the same one could not answer before we sleep.
 */
static void look(int fd, double until)
{
	struct pollfd work = { .fd = fd, .events = POLLIN };
	while (poll(&work, 1, 0) == 0 && clock_now() < until)
		sched_yield();
}

static void before_waiting(uv_handle_t *handle)
{
	struct polling *p = uv_handle_get_data(handle);
	const int timeout = uv_backend_timeout(p->loop);
	if (timeout == 0)
		return;
	p->began = clock_now();
	/* A timer of libuv's is due in whole milliseconds. */
	const double most = timeout < 0 ? 1e18 : timeout * 1e6;
	const double length = p->how == NEVER_SLEEPS ? most : p->window.length < most ? p->window.length : most;
	if (length <= 0)
		return;
	look(uv_backend_fd(p->loop), p->began + length);
	/* How long it sleeps now is reckoned from the time that it knows. */
	uv_update_time(p->loop);
}

static void waited(struct polling *p)
{
	if (p->began == 0)
		return;
	const double at = clock_now(), waited = at - p->began;
	p->began = 0;
	if (p->how == ADAPTS)
		window_learn(&p->window, at, waited, window_wants_switches(&p->window, at) ? switches() : 0);
}

static void after_waiting(uv_handle_t *handle)
{
	waited(uv_handle_get_data(handle));
}

void polling_ended(void)
{
	if (own != NULL)
		waited(own);
}

static void closed(uv_handle_t *handle)
{
	struct polling *p = uv_handle_get_data(handle);
	free(handle);
	if (--p->open > 0)
		return;
	napi_remove_async_cleanup_hook(p->hook);
	free(p);
}

static void end(void)
{
	struct polling *p = own;
	if (p == NULL)
		return;
	own = NULL;
	uv_close(p->before, closed);
	uv_close(p->after, closed);
}

/* The environment (a worker thread, or the process) ends. */
static void environment_ends(napi_async_cleanup_hook_handle hook, void *data)
{
	(void)hook;
	if (data == own)
		end();
}

/* NULL where memory is short. */
static struct polling *begin(napi_env env)
{
	struct polling *p = calloc(1, sizeof *p);
	uv_handle_t *before = malloc(uv_handle_size(UV_PREPARE)), *after = malloc(uv_handle_size(UV_CHECK));
	if (p == NULL || before == NULL || after == NULL) {
		free(p);
		free(before);
		free(after);
		return NULL;
	}
	napi_get_uv_event_loop(env, (struct uv_loop_s **)&p->loop);
	p->before = before;
	p->after = after;
	p->open = 2;
	uv_prepare_init(p->loop, before);
	uv_check_init(p->loop, after);
	uv_handle_set_data(before, p);
	uv_handle_set_data(after, p);
	uv_prepare_start(before, before_waiting);
	uv_check_start(after, after_waiting);
	/* Neither keeps the loop alive. */
	uv_unref(before);
	uv_unref(after);
	napi_add_async_cleanup_hook(env, environment_ends, p, &p->hook);
	return p;
}

napi_value polling_set(napi_env env, napi_callback_info info)
{
	napi_value value;
	uint32_t how;
	if (!arguments(env, info, 1, &value) || !uint32_argument(env, value, &how))
		return NULL;
	if (how >= HOWS)
		return throw_errno(env, ERANGE, "setPolling");
	/* Whoever looks on the only processor keeps it from whoever has something for him. */
	if (how == SLEEPS || (how == ADAPTS && sysconf(_SC_NPROCESSORS_ONLN) < 2)) {
		end();
		return NULL;
	}
	if (own == NULL && (own = begin(env)) == NULL)
		return throw_errno(env, ENOMEM, "setPolling");
	own->how = (enum how)how;
	return NULL;
}

napi_value polling_learn(napi_env env, napi_callback_info info)
{
	napi_value values[4];
	size_t length;
	double at, waited, switches;
	if (!arguments(env, info, 4, values) || !double_argument(env, values[1], &at) ||
	    !double_argument(env, values[2], &waited) || !double_argument(env, values[3], &switches))
		return NULL;
	struct window *window = array_argument(env, values[0], napi_float64_array, &length);
	if (window == NULL)
		return NULL;
	if (length * sizeof(double) < sizeof *window)
		return throw_errno(env, ERANGE, "learnWindow");
	window_learn(window, at, waited, switches);
	return NULL;
}
