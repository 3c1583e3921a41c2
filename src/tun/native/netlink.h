/* Routing netlink, in any network namespace. */
#ifndef TUNPIKE_NETLINK_H
#define TUNPIKE_NETLINK_H

#include <node_api.h>

/* openLinkSocket(namespace | undefined): a netlink socket that hears of every change to a link there. */
napi_value netlink_open_link_socket(napi_env env, napi_callback_info info);

#endif
