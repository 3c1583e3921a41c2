/*
 * Tunpike's hand on the kernel: network namespaces, TUN devices, the datagrams that go through them in bursts,
 * and timers.
 *
 * Plain C over Node-API 8. Each function is described where it is declared; all of them take whatever JavaScript
 * hands over, and throw where that makes no sense.
 */
#include "closing.h"
#include "descriptor.h"
#include "netlink.h"
#include "netns.h"
#include "notify.h"
#include "polling.h"
#include "privileges.h"
#include "ring.h"
#include "timer.h"
#include "tun.h"

static napi_value initialize(napi_env env, napi_value exports)
{
	static const struct {
		const char *name;
		napi_callback function;
	} functions[] = {
		{ "open", tun_open },
		{ "adopt", tun_adopt },
		{ "setOffload", tun_set_offload },
		{ "setPersistent", tun_set_persistent },
		{ "openLinkSocket", netlink_open_link_socket },
		{ "openRouteSocket", netlink_open_route_socket },
		{ "ask", netlink_ask },
		{ "listen", descriptor_listen },
		{ "resume", descriptor_resume },
		{ "pause", descriptor_pause },
		{ "gather", descriptor_gather },
		{ "write", descriptor_write },
		{ "hasRing", ring_is_there },
		{ "isWritable", descriptor_is_writable },
		{ "setReferenced", descriptor_set_referenced },
		{ "close", descriptor_close },
		{ "openTimer", timer_open },
		{ "setTimer", timer_set },
		{ "waitUntil", timer_wait_until },
		{ "setPolling", polling_set },
		{ "learnWindow", polling_learn },
		{ "holdClosing", hold_closing },
		{ "closeHeld", close_held },
		{ "exchange", netlink_exchange },
		{ "makeNamespaces", netns_make },
		{ "prepareFolder", netns_prepare_folder },
		{ "attach", netns_attach },
		{ "detach", netns_detach },
		{ "setting", netns_setting },
		{ "lowerPrivileges", privileges_lower },
		{ "notify", notify_send },
	};
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		napi_value function;
		napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function);
		napi_set_named_property(env, exports, functions[i].name, function);
	}
	return exports;
}

NAPI_MODULE(tunpike, initialize)
