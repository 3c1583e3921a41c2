#define _GNU_SOURCE
#include "netlink.h"

#include "arguments.h"
#include "descriptor.h"
#include "namespace.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* A netlink socket in the namespace that the only argument names, which hears of what `groups` say. */
static napi_value open_in_namespace(napi_env env, napi_callback_info info, uint32_t groups)
{
	napi_value value;
	char path[NAMESPACE_PATH];
	const char *syscall;
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
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
	return wrap_descriptor(env, fd, 0);
}

napi_value netlink_open_link_socket(napi_env env, napi_callback_info info)
{
	return open_in_namespace(env, info,
	                         RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_RULE);
}

napi_value netlink_open_route_socket(napi_env env, napi_callback_info info)
{
	return open_in_namespace(env, info, 0);
}

/* The kernel answers in the call that asks: no waiting. */
napi_value netlink_ask(napi_env env, napi_callback_info info)
{
	napi_value values[3], result = NULL;
	size_t length, room;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (!arguments(env, info, 3, values))
		return NULL;
	const int fd = unwrap_fd(env, values[0]);
	if (fd < 0)
		return NULL;
	const uint8_t *request = array_argument(env, values[1], napi_uint8_array, &length);
	uint8_t *answer = request == NULL ? NULL : array_argument(env, values[2], napi_uint8_array, &room);
	if (answer == NULL)
		return NULL;
	ssize_t received = sendto(fd, request, length, 0, (struct sockaddr *)&kernel, sizeof kernel);
	if (received >= 0)
		received = recv(fd, answer, room, MSG_DONTWAIT);
	napi_create_int32(env, received < 0 ? -errno : (int32_t)received, &result);
	return result;
}

/* The kernel sends up to 32 KiB of a list at once. */
enum { ROOM = 64 * 1024, PATIENCE_SECONDS = 5 };

struct answers {
	uint8_t *octets;
	size_t length, room;
};

static bool reserve(struct answers *answers)
{
	if (answers->room - answers->length >= ROOM)
		return true;
	const size_t room = answers->room * 2 + 2 * ROOM;
	uint8_t *more = realloc(answers->octets, room);
	if (more == NULL)
		return false;
	answers->octets = more;
	answers->room = room;
	return true;
}

/* Whether what was just received holds the last word on a request. */
static bool is_complete(const uint8_t *octets, size_t length, uint32_t sequence)
{
	struct nlmsghdr header;
	for (size_t at = 0; at + sizeof header <= length; at += NLMSG_ALIGN(header.nlmsg_len)) {
		memcpy(&header, octets + at, sizeof header);
		if (header.nlmsg_len < sizeof header)
			break;
		if (header.nlmsg_seq == sequence && (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR))
			return true;
	}
	return false;
}

/* Sends one request and receives until its last word. Returns 0, or the errno. */
static int ask(int fd, uint8_t *request, uint32_t length, uint32_t sequence, struct answers *answers)
{
	struct nlmsghdr header;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	memcpy(&header, request, sizeof header);
	header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	header.nlmsg_seq = sequence;
	header.nlmsg_pid = 0;
	memcpy(request, &header, sizeof header);
	if (sendto(fd, request, length, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0)
		return errno;
	for (;;) {
		if (!reserve(answers))
			return ENOMEM;
		uint8_t *at = answers->octets + answers->length;
		const ssize_t received = recv(fd, at, ROOM, 0);
		if (received < 0 && errno == EINTR)
			continue;
		if (received < 0)
			return errno == EAGAIN ? ETIMEDOUT : errno;
		answers->length += (size_t)received;
		if (is_complete(at, (size_t)received, sequence))
			return 0;
	}
}

static int ask_all(int fd, uint8_t *requests, size_t length, struct answers *answers)
{
	struct nlmsghdr header;
	uint32_t sequence = 0;
	int error = 0;
	for (size_t at = 0; error == 0 && at < length; at += NLMSG_ALIGN(header.nlmsg_len)) {
		if (length - at < sizeof header)
			return EINVAL;
		memcpy(&header, requests + at, sizeof header);
		if (header.nlmsg_len < sizeof header || header.nlmsg_len > length - at)
			return EINVAL;
		error = ask(fd, requests + at, header.nlmsg_len, ++sequence, answers);
	}
	return error;
}

/* A socket of routing netlink in this thread's namespace, whose errors come with the kernel's reason; -1 with errno. */
static int open_socket(void)
{
	const int on = 1;
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

napi_value netlink_exchange(napi_env env, napi_callback_info info)
{
	napi_value values[2], buffer, result = NULL;
	int32_t there;
	size_t length;
	void *copy;
	const char *syscall = "netlink";
	struct answers answers = { 0 };

	if (!arguments(env, info, 2, values) || !int32_argument(env, values[0], &there))
		return NULL;
	uint8_t *given = array_argument(env, values[1], napi_uint8_array, &length);
	if (given == NULL)
		return NULL;
	uint8_t *requests = malloc(length + 1);
	if (requests == NULL)
		return throw_errno(env, ENOMEM, "malloc");
	memcpy(requests, given, length);

	const int here = enter_namespace(there, &syscall);
	int error = here == -1 ? errno : 0;
	if (error == 0) {
		const int fd = open_socket();
		error = fd < 0 ? errno : ask_all(fd, requests, length, &answers);
		if (fd >= 0)
			close(fd);
		leave_namespace(here);
	}
	if (error != 0)
		throw_errno(env, error, syscall);
	else if (napi_create_arraybuffer(env, answers.length, &copy, &buffer) == napi_ok) {
		if (answers.length > 0)
			memcpy(copy, answers.octets, answers.length);
		napi_create_typedarray(env, napi_uint8_array, answers.length, buffer, 0, &result);
	}
	free(requests);
	free(answers.octets);
	return result;
}
