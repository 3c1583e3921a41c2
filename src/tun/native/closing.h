/*
 * Closing many descriptors at once.
 *
 * Whoever closes a TUN device waits for the kernel until nobody looks at the device any more, 17 ms a device
 * (measured); those that wait together wait once.
 */
#ifndef TUNPIKE_CLOSING_H
#define TUNPIKE_CLOSING_H

#include <node_api.h>

/* Closes a descriptor now, or, after holdClosing, with all others of this thread at closeHeld. */
void close_or_hold(int fd);

/* holdClosing(): from here on, what this thread closes is kept for closeHeld. */
napi_value hold_closing(napi_env env, napi_callback_info info);
/*
 * closeHeld(): closes what was kept, on many threads beside this one; a promise that is resolved when all of it is closed.
 */
napi_value close_held(napi_env env, napi_callback_info info);

#endif
