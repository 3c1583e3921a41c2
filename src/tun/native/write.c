/* Writing: one call a burst, whatever becomes of its datagrams. */
#include "arguments.h"
#include "descriptor.h"
#include "ring.h"

#include <errno.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <stddef.h>
#include <sys/uio.h>
#include <unistd.h>

/* From so many datagrams on, one submission is cheaper than a write(2) each (measured). */
enum { FEWEST_IN_RING = 4 };

/* Of one submission. */
enum { DATAGRAMS = 256, PIECES = 1024 };

/* A burst as JavaScript describes it; `place` is the first piece that was not yet looked at. */
struct burst {
	const uint8_t *base;
	uint64_t octets;
	const uint32_t *at, *length;
	uint32_t pieces, place, header;
};

/* Returns 0, or the errno. */
static int write_one(int fd, const struct iovec *pieces, uint32_t count)
{
	ssize_t written;
	do
		written = count == 1 ? write(fd, pieces->iov_base, pieces->iov_len) : writev(fd, pieces, (int)count);
	while (written < 0 && errno == EINTR);
	return written < 0 ? errno : 0;
}

/* Describes the next datagram, its header with the first piece; false where some of it is not in the octets. */
static bool describe(struct burst *burst, uint32_t parts, struct iovec *pieces)
{
	bool fits = parts > 0;
	for (uint32_t i = 0; i < parts; i++, burst->place++) {
		const uint64_t at = burst->at[burst->place], length = burst->length[burst->place];
		const uint32_t before = i == 0 ? burst->header : 0;
		fits = fits && at >= before && at + length <= burst->octets;
		pieces[i] = (struct iovec){ (void *)(burst->base + at - before), length + before };
	}
	return fits;
}

/* Whether its virtio-net header says that a datagram is to be taken apart by the kernel. */
static bool is_super_datagram(const struct iovec *piece, uint32_t header)
{
	const uint8_t *octets = piece->iov_base;
	return header > 0 && octets[offsetof(struct virtio_net_hdr, gso_type)] != VIRTIO_NET_HDR_GSO_NONE;
}

/* Whether two ranges of `count` words share memory. */
static bool overlap(const void *a, const void *b, uint32_t count)
{
	const uintptr_t one = (uintptr_t)a, other = (uintptr_t)b, length = (uintptr_t)count * sizeof(uint32_t);
	return one < other + length && other < one + length;
}

/*
 * errors[i] becomes 0 or the errno of datagram i; whatever happens to one, the next is tried, but not behind a
 * super-datagram that the kernel refuses, for it will be written again, in segments: ECANCELED. Datagram i is as many
 * pieces as parts[i] says, one behind another; without parts, each is one.
 */
napi_value descriptor_write(napi_env env, napi_callback_info info)
{
	napi_value values[7], result;
	napi_valuetype type;
	size_t octets, offsets, lengths, errors, divisions;
	struct descriptor *d;
	uint32_t count, refused = 0;
	uint64_t wanted = 0;

	if (!arguments(env, info, 7, values) || (d = unwrap(env, values[0])) == NULL)
		return NULL;
	uint8_t *base = array_argument(env, values[1], napi_uint8_array, &octets);
	uint32_t *at = base ? array_argument(env, values[2], napi_uint32_array, &offsets) : NULL;
	uint32_t *length = at ? array_argument(env, values[3], napi_uint32_array, &lengths) : NULL;
	int32_t *error = length ? array_argument(env, values[5], napi_int32_array, &errors) : NULL;
	if (error == NULL || !uint32_argument(env, values[4], &count))
		return NULL;
	const uint32_t *division = NULL;
	if (napi_typeof(env, values[6], &type) != napi_ok || type != napi_undefined) {
		division = array_argument(env, values[6], napi_uint32_array, &divisions);
		if (division == NULL)
			return NULL;
		if (count > divisions || overlap(error, division, count))
			return throw_errno(env, ERANGE, "write");
	}
	/* Each number is looked at again when it is used: other threads may share the arrays. */
	for (uint32_t i = 0; i < count; i++)
		wanted += division == NULL ? 1 : division[i];
	/* Errors written over places and lengths would be taken for such. */
	if (wanted > offsets || wanted > lengths || count > errors || overlap(error, at, count) ||
	    overlap(error, length, count))
		return throw_errno(env, ERANGE, "write");

	struct burst burst = { base, octets, at, length, (uint32_t)wanted, 0, d->header };
	struct iovec pieces[PIECES];
	uint32_t parts[DATAGRAMS];
	for (uint32_t done = 0; done < count;) {
		uint32_t some = 0, filled = 0, last = 0;
		bool fits = true, is_super = false;
		for (; fits && !is_super && some < DATAGRAMS && done + some < count; some++, filled += last) {
			last = division == NULL ? 1 : division[done + some];
			if (last > PIECES - filled || last > burst.pieces - burst.place)
				break;
			fits = describe(&burst, last, pieces + filled);
			is_super = fits && is_super_datagram(pieces + filled, burst.header);
			parts[some] = last;
		}
		if (some == 0) {
			/* More pieces than any kernel takes. */
			error[done++] = EINVAL;
			burst.place += last < burst.pieces - burst.place ? last : burst.pieces - burst.place;
			continue;
		}
		const uint32_t good = fits ? some : some - 1, plain = good - is_super;
		uint32_t written = plain >= FEWEST_IN_RING ? ring_write(env, d->fd, pieces, parts, plain, error + done) : 0;
		struct iovec *next = pieces;
		for (uint32_t i = 0; i < good; next += parts[i], i++)
			if (i >= written)
				error[done + i] = write_one(d->fd, next, parts[i]);
		if (!fits)
			error[done + good] = EFAULT;
		done += some;
		if (is_super && error[done - 1] == EINVAL)
			while (done < count)
				error[done++] = ECANCELED;
	}
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
