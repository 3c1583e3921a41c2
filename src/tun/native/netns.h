/*
 * Network namespaces that have names, or are to have one: files under /run/netns, as ip-netns(8) keeps them.
 *
 * A name is one file name, never a path.
 */
#ifndef TUNPIKE_NETNS_H
#define TUNPIKE_NETNS_H

#include <node_api.h>

/* makeNamespaces(count): new network namespaces without names, as descriptors for whoever asked to close. */
napi_value netns_make(napi_env env, napi_callback_info info);
/* prepareFolder(): makes /run/netns where it is missing, and a mount whose mounts others see. */
napi_value netns_prepare_folder(napi_env env, napi_callback_info info);
/*
 * attach(namespace, placeholder, name): gives a namespace a name. The placeholder, a file of /run/netns without a name,
 * gets it first; where that is taken, EEXIST.
 */
napi_value netns_attach(napi_env env, napi_callback_info info);
/* detach(name): takes a mount off its name, and removes the name. */
napi_value netns_detach(napi_env env, napi_callback_info info);
/* setting(namespace, path, value | undefined): sets, and reads, a file of /proc/sys/net there (-1: in ours). */
napi_value netns_setting(napi_env env, napi_callback_info info);

#endif
