/* TUN devices: opened in any network namespace, adopted, kept. */
#ifndef TUNPIKE_TUN_H
#define TUNPIKE_TUN_H

#include <node_api.h>

/* open(namespace | undefined, name, flags, persistent): makes a device, or attaches to one that persists; see tun.c. */
napi_value tun_open(napi_env env, napi_callback_info info);
/*
 * adopt(fd): takes over a descriptor that is attached to a TUN device already, such as an inherited one; EPROTOTYPE where
 * its datagrams have headers. It must have been opened with IFF_NO_PI: of one that was not, kernels say the same, for they
 * tell by that bit that no filter is attached (IFF_NOFILTER).
 */
napi_value tun_adopt(napi_env env, napi_callback_info info);
/* setPersistent(d, on): whether the device outlives its descriptor. */
napi_value tun_set_persistent(napi_env env, napi_callback_info info);

/*
 * setOffload(d, features): what the kernel may leave undone in what it hands out, TUN_F_ bits of linux/if_tun.h; 0, or
 * an errno. Only for a device with headers.
 */
napi_value tun_set_offload(napi_env env, napi_callback_info info);

#endif
