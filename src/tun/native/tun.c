#define _GNU_SOURCE
#include "tun.h"

#include "arguments.h"
#include "descriptor.h"
#include "namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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
 * A name may hold one %d for the kernel to fill; an empty one is tun%d. `flags` are IFF_ flags beside IFF_TUN and
 * IFF_NO_PI, such as IFF_MULTI_QUEUE. `persistent` keeps the device when it is closed; false changes nothing on a
 * device that somebody else made persistent.
 */
napi_value tun_open(napi_env env, napi_callback_info info)
{
	napi_value values[4];
	char path[NAMESPACE_PATH], name[IFNAMSIZ] = "";
	const char *syscall;
	struct ifreq request = { 0 };
	uint32_t flags;
	bool persistent;
	int here, fd, error = 0;

	if (!arguments(env, info, 4, values) || !string_argument(env, values[0], path, sizeof path) ||
	    !string_argument(env, values[1], name, sizeof name) || !uint32_argument(env, values[2], &flags) ||
	    !bool_argument(env, values[3], &persistent))
		return NULL;
	memcpy(request.ifr_name, name, sizeof name);
	request.ifr_flags = (short)(IFF_TUN | IFF_NO_PI | flags);

	if ((here = enter_namespace_at(path, &syscall)) == -1)
		return throw_errno(env, errno, syscall);
	syscall = "open";
	if ((fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)
		error = errno;
	else if (ioctl(fd, TUNSETIFF, &request) < 0)
		error = errno, syscall = "TUNSETIFF";
	else if (persistent && ioctl(fd, TUNSETPERSIST, 1L) < 0)
		error = errno, syscall = "TUNSETPERSIST";
	leave_namespace(here);

	if (error != 0) {
		if (fd >= 0)
			close(fd);
		return throw_errno(env, error, syscall);
	}
	return opened(env, fd, request.ifr_name);
}

napi_value tun_adopt(napi_env env, napi_callback_info info)
{
	napi_value value;
	struct ifreq request = { 0 };
	int32_t fd;
	int flags;
	if (!arguments(env, info, 1, &value) || !int32_argument(env, value, &fd))
		return NULL;
	if (ioctl(fd, TUNGETIFF, &request) < 0)
		return throw_errno(env, errno, "TUNGETIFF");
	if ((request.ifr_flags & (IFF_TUN | IFF_NO_PI | IFF_VNET_HDR)) != (IFF_TUN | IFF_NO_PI))
		return throw_errno(env, EPROTOTYPE, "TUNGETIFF");
	if ((flags = fcntl(fd, F_GETFL)) < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return throw_errno(env, errno, "fcntl");
	return opened(env, fd, request.ifr_name);
}

napi_value tun_set_persistent(napi_env env, napi_callback_info info)
{
	napi_value values[2];
	bool on;
	int fd;
	if (!arguments(env, info, 2, values) || !bool_argument(env, values[1], &on) ||
	    (fd = unwrap_fd(env, values[0])) < 0)
		return NULL;
	return ioctl(fd, TUNSETPERSIST, (long)on) < 0 ? throw_errno(env, errno, "TUNSETPERSIST") : NULL;
}
