/*
 * What the event loop does before it sleeps: it looks for work a little longer.
 *
 * Who sleeps has to be woken, which takes 5 to 75 microseconds, and the one who has something for him the time to do it.
 * Where datagrams follow each other closely, as questions and answers do, looking is cheaper. Whatever the loop waits
 * for ends it, as does its next timer.
 */
#ifndef TUNPIKE_POLLING_H
#define TUNPIKE_POLLING_H

#include <node_api.h>

/* setPolling(how): 0 sleeps at once, 1 looks as long as that has lately been of use (window.h), 2 never sleeps. */
napi_value polling_set(napi_env env, napi_callback_info info);

/* The loop has something to do: to be called before that is done, so that it is not taken for waiting. */
void polling_ended(void);

/* learnWindow(window, now, waited, switches): window_learn, for tests; the window is a Float64Array of its numbers. */
napi_value polling_learn(napi_env env, napi_callback_info info);

#endif
