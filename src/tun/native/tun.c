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
#include <sys/socket.h>
#include <unistd.h>

/* So long is the queue of a device that is written to in super-datagrams; a burst of them fills the usual 500. */
enum { QUEUE_LENGTH = 2000 };

/* { descriptor, name }, the name as the kernel has it. */
static napi_value opened(napi_env env, int fd, const char *name, uint32_t header)
{
	napi_value result, text, wrapped = wrap_descriptor(env, fd, header);
	if (wrapped == NULL)
		return NULL;
	napi_create_object(env, &result);
	napi_set_named_property(env, result, "descriptor", wrapped);
	napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &text);
	napi_set_named_property(env, result, "name", text);
	return result;
}

/* Gives a device headers, or takes back what somebody before us has left switched on. Returns 0, or an errno. */
static int set_header(int fd, bool wanted, const char **syscall)
{
	int length = VIRTIO_HEADER;
	*syscall = "TUNSETVNETHDRSZ";
	if (wanted && ioctl(fd, TUNSETVNETHDRSZ, &length) < 0)
		return errno;
	*syscall = "TUNSETOFFLOAD";
	return ioctl(fd, TUNSETOFFLOAD, 0L) < 0 ? errno : 0;
}

/* A wish only. */
static void lengthen_queue(struct ifreq request)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (ioctl(fd, SIOCGIFTXQLEN, &request) == 0 && request.ifr_qlen < QUEUE_LENGTH) {
		request.ifr_qlen = QUEUE_LENGTH;
		ioctl(fd, SIOCSIFTXQLEN, &request);
	}
	close(fd);
}

/*
 * A name may hold one %d for the kernel to fill; an empty one is tun%d. `flags` are IFF_ flags beside IFF_TUN and
 * IFF_NO_PI, such as IFF_MULTI_QUEUE; with IFF_VNET_HDR, a virtio-net header stands before each datagram. `persistent` keeps the device when it is closed; false changes nothing on a
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
	const uint32_t header = (flags & IFF_VNET_HDR) != 0 ? VIRTIO_HEADER : 0;
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
	else
		error = set_header(fd, header > 0, &syscall);
	if (error == 0 && header > 0)
		lengthen_queue(request);
	leave_namespace(here);

	if (error != 0) {
		if (fd >= 0)
			close(fd);
		return throw_errno(env, error, syscall);
	}
	return opened(env, fd, request.ifr_name, header);
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
	return opened(env, fd, request.ifr_name, 0);
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

napi_value tun_set_offload(napi_env env, napi_callback_info info)
{
	napi_value values[2], result;
	uint32_t features;
	int fd;
	if (!arguments(env, info, 2, values) || !uint32_argument(env, values[1], &features) ||
	    (fd = unwrap_fd(env, values[0])) < 0)
		return NULL;
	napi_create_int32(env, ioctl(fd, TUNSETOFFLOAD, (unsigned long)features) < 0 ? errno : 0, &result);
	return result;
}
