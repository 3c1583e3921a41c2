/* Routing netlink, in any network namespace. */
#ifndef TUNPIKE_NETLINK_H
#define TUNPIKE_NETLINK_H

#include <node_api.h>

/* openLinkSocket(namespace | undefined): a netlink socket that hears of every change to a link or a route there. */
napi_value netlink_open_link_socket(napi_env env, napi_callback_info info);
/* openRouteSocket(namespace | undefined): one that hears of nothing, for `ask`. */
napi_value netlink_open_route_socket(napi_env env, napi_callback_info info);
/* ask(d, request, answer): sends one request, and gives the length of what came back at once, or a negative errno. */
napi_value netlink_ask(napi_env env, napi_callback_info info);
/*
 * exchange(namespace, requests): sends requests one after the other in the namespace that a file descriptor stands for
 * (-1: ours), and gives all that came back, each request answered by an acknowledgment, an error or the end of a list.
 * Their sequence numbers become 1, 2, 3 …; one that fails does not keep the next from being sent.
 */
napi_value netlink_exchange(napi_env env, napi_callback_info info);

#endif
