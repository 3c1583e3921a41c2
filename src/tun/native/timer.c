#include "timer.h"

#include "arguments.h"
#include "clock.h"
#include "descriptor.h"
#include "polling.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000, LONGEST_WAIT = 1000000 };

/* The last time that may be set, in nanoseconds: it fits into what the kernel counts with, 146 years. */
static const double LAST = 4611686018427387904.0;

static void due(uv_handle_t *poll, int status, int events)
{
	struct descriptor *d = uv_handle_get_data(poll);
	napi_handle_scope scope;
	uint64_t times;
	(void)status;
	(void)events;
	polling_ended();
	/* Nothing to read: since the loop has looked, it was set for another time. */
	if (read(d->fd, &times, sizeof times) != (ssize_t)sizeof times)
		return;
	uv_unref(poll);
	napi_open_handle_scope(d->env, &scope);
	call_back(d, 0, NULL);
	napi_close_handle_scope(d->env, scope);
}

napi_value timer_open(napi_env env, napi_callback_info info)
{
	napi_value ring, wrapped;
	struct descriptor *d;
	int fd;

	if (!arguments(env, info, 1, &ring) || !function_argument(env, ring))
		return NULL;
	if ((fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) < 0)
		return throw_errno(env, errno, "timerfd_create");
	if ((wrapped = wrap_descriptor(env, fd, 0)) == NULL || (d = unwrap(env, wrapped)) == NULL || !add_poll(d))
		return NULL;
	napi_create_reference(env, ring, 1, &d->callback);
	uv_unref(d->poll);
	uv_poll_start(d->poll, UV_READABLE, due);
	return wrapped;
}

napi_value timer_set(napi_env env, napi_callback_info info)
{
	napi_value values[2];
	struct itimerspec at = { 0 };
	struct descriptor *d;
	double nanoseconds;

	if (!arguments(env, info, 2, values) || !double_argument(env, values[1], &nanoseconds) ||
	    (d = unwrap(env, values[0])) == NULL)
		return NULL;
	if (!(nanoseconds >= 0 && nanoseconds <= LAST))
		return throw_errno(env, ERANGE, "timerfd_settime");
	uint64_t whole = (uint64_t)nanoseconds;
	/* Never early; and a fraction above 0 must not become 0, which is never. */
	if ((double)whole < nanoseconds)
		whole++;
	at.it_value.tv_sec = (time_t)(whole / NANOSECONDS);
	at.it_value.tv_nsec = (long)(whole % NANOSECONDS);
	if (timerfd_settime(d->fd, TFD_TIMER_ABSTIME, &at, NULL) < 0)
		return throw_errno(env, errno, "timerfd_settime");
	(whole != 0 ? uv_ref : uv_unref)(d->poll);
	return NULL;
}

/* In C, since each reading of the clock in JavaScript leaves a number behind that has to be collected. */
napi_value timer_wait_until(napi_env env, napi_callback_info info)
{
	napi_value value;
	double nanoseconds;

	if (!arguments(env, info, 1, &value) || !double_argument(env, value, &nanoseconds))
		return NULL;
	double last = clock_now() + LONGEST_WAIT;
	if (nanoseconds < last)
		last = nanoseconds;
	while (clock_now() < last)
		;
	return NULL;
}
