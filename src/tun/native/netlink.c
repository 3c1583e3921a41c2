#define _GNU_SOURCE
#include "netlink.h"

#include "arguments.h"
#include "descriptor.h"
#include "namespace.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

napi_value netlink_open_link_socket(napi_env env, napi_callback_info info)
{
	napi_value value;
	char path[NAMESPACE_PATH];
	const char *syscall;
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int here, fd, error = 0;

	if (!arguments(env, info, 1, &value) || !string_argument(env, value, path, sizeof path))
		return NULL;
	if ((here = enter_namespace_at(path, &syscall)) == -1)
		return throw_errno(env, errno, syscall);
	if ((fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE)) < 0)
		error = errno;
	else if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
		error = errno;
	leave_namespace(here);
	if (error != 0) {
		if (fd >= 0)
			close(fd);
		return throw_errno(env, error, "netlink");
	}
	return wrap_descriptor(env, fd);
}
