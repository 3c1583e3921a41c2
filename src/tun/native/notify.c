#define _GNU_SOURCE
#include "notify.h"

#include "arguments.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Sends it, and says 0 or the errno. */
static int send_to(const struct sockaddr_un *address, socklen_t length, const void *message, size_t octets)
{
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error = 0;
	if (fd < 0)
		return errno;
	if (sendto(fd, message, octets, MSG_NOSIGNAL, (const struct sockaddr *)address, length) < 0)
		error = errno;
	close(fd);
	return error;
}

napi_value notify_send(napi_env env, napi_callback_info info)
{
	napi_value values[2], result;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const void *message;
	size_t octets;
	int error = EAFNOSUPPORT;

	if (!arguments(env, info, 2, values) ||
	    !string_argument(env, values[0], address.sun_path, sizeof address.sun_path) ||
	    (message = array_argument(env, values[1], napi_uint8_array, &octets)) == NULL)
		return NULL;
	/* The name of an abstract socket is all of its octets, so none may follow; a path may have its closing zero. */
	const socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(address.sun_path));
	const char first = address.sun_path[0];
	if (first == '@')
		address.sun_path[0] = '\0';
	if (first == '@' || first == '/')
		error = send_to(&address, length, message, octets);
	napi_create_int32(env, error, &result);
	return result;
}
