/* Timers that count nanoseconds, where libuv's count milliseconds. */
#ifndef TUNPIKE_TIMER_H
#define TUNPIKE_TIMER_H

#include <node_api.h>

/* openTimer(ring): a timer that is not set, and calls `ring` when it is due. close(timer) ends it. */
napi_value timer_open(napi_env env, napi_callback_info info);
/*
 * setTimer(timer, nanoseconds): due once, at this time of CLOCK_MONOTONIC or at once where that has passed, and not at
 * what was set before; 0: never. The event loop stays alive for a timer that is set.
 */
napi_value timer_set(napi_env env, napi_callback_info info);
/* waitUntil(nanoseconds): keeps the processor busy until this time of CLOCK_MONOTONIC, but no longer than 1 ms. */
napi_value timer_wait_until(napi_env env, napi_callback_info info);

#endif
