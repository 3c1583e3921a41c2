/*
 * Tunpike's hand on TUN devices: opens them, in any network namespace, and moves datagrams in bursts.
 *
 * Plain C over Node-API 8. Opening and rights are here; reading, writing and closing in descriptor.c.
 */
#define _GNU_SOURCE
#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATH_LENGTH = 512 };

/* ---- network namespaces: of this thread only, and only for the time of a call ---- */

/*
 * Moves the thread into the namespace behind a path; an empty path stays where we are.
 * Returns what leave_namespace wants, or -1 with errno and *syscall set.
 */
static int enter_namespace(const char *path, const char **syscall)
{
	int here, there, error;
	*syscall = "open namespace";
	if ((here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	if (path[0] == '\0')
		return here;
	if ((there = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
		error = errno;
		close(here);
		errno = error;
		return -1;
	}
	*syscall = "setns";
	if (setns(there, CLONE_NEWNET) < 0) {
		error = errno;
		close(there);
		close(here);
		errno = error;
		return -1;
	}
	close(there);
	return here;
}

/* A thread that cannot come back would do everything else in a stranger's namespace: better none at all. */
static void leave_namespace(int here, const char *path)
{
	if (path[0] != '\0' && setns(here, CLONE_NEWNET) < 0) {
		perror("tunpike: cannot return to the network namespace");
		abort();
	}
	close(here);
}

/* Reads a string argument, undefined as the empty string; false with an exception pending where it is too long. */
static bool string_argument(napi_env env, napi_value value, char *text, size_t length)
{
	size_t needed;
	text[0] = '\0';
	if (napi_get_value_string_utf8(env, value, NULL, 0, &needed) != napi_ok)
		return true;
	if (needed >= length) {
		throw_errno(env, ENAMETOOLONG, "open");
		return false;
	}
	napi_get_value_string_utf8(env, value, text, length, &needed);
	return true;
}

/* ---- TUN devices ---- */

/* { descriptor, name }, the name as the kernel has it. */
static napi_value opened(napi_env env, int fd, const char *name)
{
	napi_value result, text, wrapped = wrap_descriptor(env, fd);
	if (wrapped == NULL)
		return NULL;
	napi_create_object(env, &result);
	napi_set_named_property(env, result, "descriptor", wrapped);
	napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &text);
	napi_set_named_property(env, result, "name", text);
	return result;
}

/*
 * open(namespace | undefined, name, flags, persistent): makes a device, or attaches to one that persists.
 *
 * A name may hold one %d for the kernel to fill; an empty one is tun%d. `flags` are IFF_ flags beside IFF_TUN and
 * IFF_NO_PI, such as IFF_MULTI_QUEUE. `persistent` keeps the device when it is closed; false changes nothing on a
 * device that somebody else made persistent.
 */
static napi_value tun_open(napi_env env, napi_callback_info info)
{
	napi_value values[4];
	char path[PATH_LENGTH], name[IFNAMSIZ];
	const char *syscall;
	struct ifreq request = { 0 };
	uint32_t flags = 0;
	bool persistent = false;
	int here, fd, error = 0;

	if (!arguments(env, info, 4, values) || !string_argument(env, values[0], path, sizeof path) ||
	    !string_argument(env, values[1], name, sizeof name))
		return NULL;
	napi_get_value_uint32(env, values[2], &flags);
	napi_get_value_bool(env, values[3], &persistent);
	memcpy(request.ifr_name, name, sizeof name);
	request.ifr_flags = (short)(IFF_TUN | IFF_NO_PI | flags);

	if ((here = enter_namespace(path, &syscall)) < 0)
		return throw_errno(env, errno, syscall);
	syscall = "open";
	if ((fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)
		error = errno;
	else if (ioctl(fd, TUNSETIFF, &request) < 0)
		error = errno, syscall = "TUNSETIFF";
	else if (persistent && ioctl(fd, TUNSETPERSIST, 1L) < 0)
		error = errno, syscall = "TUNSETPERSIST";
	leave_namespace(here, path);

	if (error != 0) {
		if (fd >= 0)
			close(fd);
		return throw_errno(env, error, syscall);
	}
	return opened(env, fd, request.ifr_name);
}

/* adopt(fd): takes over a descriptor that is attached to a TUN device already, such as an inherited one. */
static napi_value tun_adopt(napi_env env, napi_callback_info info)
{
	napi_value value;
	struct ifreq request = { 0 };
	int fd = -1, flags;
	if (!arguments(env, info, 1, &value))
		return NULL;
	napi_get_value_int32(env, value, &fd);
	if (ioctl(fd, TUNGETIFF, &request) < 0)
		return throw_errno(env, errno, "TUNGETIFF");
	if ((request.ifr_flags & (IFF_TUN | IFF_NO_PI | IFF_VNET_HDR)) != (IFF_TUN | IFF_NO_PI))
		return throw_errno(env, EPROTOTYPE, "TUNGETIFF");
	if ((flags = fcntl(fd, F_GETFL)) < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return throw_errno(env, errno, "fcntl");
	return opened(env, fd, request.ifr_name);
}

/* setPersistent(d, on): whether the device outlives its descriptor. */
static napi_value tun_set_persistent(napi_env env, napi_callback_info info)
{
	napi_value values[2];
	bool on;
	int fd;
	if (!arguments(env, info, 2, values) || (fd = unwrap_fd(env, values[0])) < 0)
		return NULL;
	napi_get_value_bool(env, values[1], &on);
	return ioctl(fd, TUNSETPERSIST, (long)on) < 0 ? throw_errno(env, errno, "TUNSETPERSIST") : NULL;
}

/* ---- what happens to the links of a namespace ---- */

/* openLinkSocket(namespace | undefined): a netlink socket that hears of every change to a link there, or to its addresses. */
static napi_value open_link_socket(napi_env env, napi_callback_info info)
{
	napi_value value;
	char path[PATH_LENGTH];
	const char *syscall;
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR };
	int here, fd, error = 0;

	if (!arguments(env, info, 1, &value) || !string_argument(env, value, path, sizeof path))
		return NULL;
	if ((here = enter_namespace(path, &syscall)) < 0)
		return throw_errno(env, errno, syscall);
	if ((fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE)) < 0)
		error = errno;
	else if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
		error = errno;
	leave_namespace(here, path);
	if (error != 0) {
		if (fd >= 0)
			close(fd);
		return throw_errno(env, error, "netlink");
	}
	return wrap_descriptor(env, fd);
}

static napi_value initialize(napi_env env, napi_value exports)
{
	static const struct {
		const char *name;
		napi_callback function;
	} functions[] = {
		{ "open", tun_open },
		{ "adopt", tun_adopt },
		{ "setPersistent", tun_set_persistent },
		{ "openLinkSocket", open_link_socket },
		{ "listen", descriptor_listen },
		{ "resume", descriptor_resume },
		{ "pause", descriptor_pause },
		{ "write", descriptor_write },
		{ "isWritable", descriptor_is_writable },
		{ "setReferenced", descriptor_set_referenced },
		{ "close", descriptor_close },
	};
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		napi_value function;
		napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function);
		napi_set_named_property(env, exports, functions[i].name, function);
	}
	return exports;
}

NAPI_MODULE(tunpike, initialize)
