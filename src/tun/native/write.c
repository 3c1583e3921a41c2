/* Writing: one call a burst, whatever becomes of its datagrams. */
#include "arguments.h"
#include "descriptor.h"
#include "ring.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* From so many datagrams on, one submission is cheaper than a write(2) each (measured). */
enum { FEWEST_IN_RING = 4 };

/* Returns 0, or the errno. */
static int write_one(int fd, const uint8_t *datagram, size_t length)
{
	ssize_t written;
	do
		written = write(fd, datagram, length);
	while (written < 0 && errno == EINTR);
	return written < 0 ? errno : 0;
}

/* Whether two ranges of `count` words share memory. */
static bool overlap(const void *a, const void *b, uint32_t count)
{
	const uintptr_t one = (uintptr_t)a, other = (uintptr_t)b, length = (uintptr_t)count * sizeof(uint32_t);
	return one < other + length && other < one + length;
}

/* errors[i] becomes 0 or the errno of datagram i; whatever happens to one, the next is tried. */
napi_value descriptor_write(napi_env env, napi_callback_info info)
{
	napi_value values[6], result;
	size_t octets, offsets, lengths, errors;
	struct descriptor *d;
	uint32_t count, refused = 0;

	if (!arguments(env, info, 6, values) || (d = unwrap(env, values[0])) == NULL)
		return NULL;
	uint8_t *base = array_argument(env, values[1], napi_uint8_array, &octets);
	uint32_t *at = base ? array_argument(env, values[2], napi_uint32_array, &offsets) : NULL;
	uint32_t *length = at ? array_argument(env, values[3], napi_uint32_array, &lengths) : NULL;
	int32_t *error = length ? array_argument(env, values[5], napi_int32_array, &errors) : NULL;
	if (error == NULL || !uint32_argument(env, values[4], &count))
		return NULL;
	/* Errors written over places and lengths would be taken for such. */
	if (count > offsets || count > lengths || count > errors || overlap(error, at, count) ||
	    overlap(error, length, count))
		return throw_errno(env, ERANGE, "write");

	bool fits = true;
	for (uint32_t i = 0; i < count; i++)
		fits = fits && (uint64_t)at[i] + length[i] <= octets;

	uint32_t done = 0;
	if (fits && count >= FEWEST_IN_RING)
		done = ring_write(env, d->fd, base, at, length, count, error);
	for (; done < count; done++)
		error[done] = (uint64_t)at[done] + length[done] > octets ? EFAULT : write_one(d->fd, base + at[done], length[done]);
	for (uint32_t i = 0; i < count; i++)
		refused += error[i] != 0;
	napi_create_uint32(env, refused, &result);
	return result;
}

/* The TUN driver has room to write only while the device is up, so this asks for that, too. */
napi_value descriptor_is_writable(napi_env env, napi_callback_info info)
{
	napi_value value, result;
	struct pollfd question = { .events = POLLOUT };
	if (!arguments(env, info, 1, &value) || (question.fd = unwrap_fd(env, value)) < 0)
		return NULL;
	int answers = poll(&question, 1, 0);
	napi_get_boolean(env, answers == 1 && (question.revents & (POLLOUT | POLLERR)) == POLLOUT, &result);
	return result;
}
