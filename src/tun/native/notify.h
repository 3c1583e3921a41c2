/* One datagram to a Unix socket, as sd_notify(3) sends it. */
#ifndef TUNPIKE_NOTIFY_H
#define TUNPIKE_NOTIFY_H

#include <node_api.h>

/*
 * notify(address: string, message: Uint8Array): number
 *
 * Sends a message to a datagram socket: at a path, or in the abstract namespace of this network namespace where the
 * address begins with `@`. Never waits for whoever reads it. Returns 0 or the errno; EAGAIN where his queue is full.
 */
napi_value notify_send(napi_env env, napi_callback_info info);

#endif
