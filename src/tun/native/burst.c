/* Reading: a few bursts a turn of the loop, one call into JavaScript a burst. */
#include "arguments.h"
#include "clock.h"
#include "descriptor.h"
#include "gather.h"
#include "place.h"
#include "polling.h"

#include <errno.h>
#include <unistd.h>

/* Bursts of one descriptor in a row: so many, or until they had so many datagrams, or took so many nanoseconds. */
enum { ROUNDS = 8, ENOUGH = 2048, LONG = 1000000 };

/*
 * Reads datagrams one behind another until there are none, or `most`, or the next might not fit.
 *
 * Where a device has headers, each ends where its datagram starts.
 *
 * Stopping early loses nothing: the poll is level-triggered and comes back after the other ports had their turn.
 * Returns how many; `*is_last` says whether there were no more, `*error` is what ended the burst, 0 for an ordinary end.
 */
static uint32_t read_burst(struct descriptor *d, bool *is_last, int *error)
{
	uint32_t count = 0;
	uint64_t at = ALIGNMENT;
	*error = 0;
	*is_last = false;
	while (count < d->most && at + d->room <= d->limit) {
		ssize_t length = read(d->fd, d->octets + at - d->header, d->room);
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && errno != EAGAIN)
			*error = errno;
		if (length <= (ssize_t)d->header) {
			*is_last = true;
			break;
		}
		length -= d->header;
		d->offsets[count] = (uint32_t)at;
		d->lengths[count] = (uint32_t)length;
		count++;
		at = place_after(at, (uint64_t)length);
	}
	return count;
}

/* What a burst of so many datagrams has become, if super-datagrams are made of it. */
static uint32_t gathered(struct descriptor *d, uint32_t count)
{
	if (d->gather_at == 0)
		return count;
	const struct gather_burst burst = { d->octets, d->offsets, d->lengths, count, d->limit, d->gather_at,
					    d->gather_at + d->limit };
	return gather(d->gather, burst);
}

static void tell(struct descriptor *d, uint32_t count, int error, bool writable, uint32_t reads)
{
	napi_env env = d->env;
	napi_handle_scope scope;
	napi_value arguments[4];

	napi_open_handle_scope(env, &scope);
	napi_create_uint32(env, count, &arguments[0]);
	napi_create_int32(env, error, &arguments[1]);
	napi_get_boolean(env, writable, &arguments[2]);
	napi_create_uint32(env, reads, &arguments[3]);
	call_back(d, 4, arguments);
	napi_close_handle_scope(env, scope);
}

/*
 * While one burst was handled the next has often arrived: a few more are read before the other ports have their
 * turn, which saves a round of the event loop for each.
 */
static void polled(uv_handle_t *poll, int status, int events)
{
	struct descriptor *d = uv_handle_get_data(poll);
	uint32_t datagrams = 0;
	double begun = clock_now();
	bool is_last;
	int error;

	polling_ended();
	for (int round = 0; round < ROUNDS && datagrams < ENOUGH; round++) {
		uint32_t count = read_burst(d, &is_last, &error);
		datagrams += count;
		/* A negative status is POLLERR, and libuv has stopped the poll; the read says what is wrong. */
		if (status < 0 && error == 0)
			error = -status;
		if (round > 0 && count == 0 && error == 0)
			return;
		tell(d, gathered(d, count), error, round == 0 && (events & UV_WRITABLE) != 0, count);
		/* The callback may have closed or paused the descriptor; its memory is there until poll_closed. */
		if (count == 0 || error != 0 || d->fd < 0 || !uv_is_active(poll))
			return;
		/* One by itself: the next is a while behind it. */
		if (count == 1 && is_last)
			return;
		if (clock_now() - begun > LONG)
			return;
	}
}

/*
 * Starts bursts: datagrams go into octets[0 … limit), each is offered `room` octets, and where they are stands in
 * offsets and lengths, whose length is the most a burst may have.
 */
napi_value descriptor_listen(napi_env env, napi_callback_info info)
{
	napi_value values[7];
	size_t octets, offsets, lengths;
	uint32_t limit, room;
	struct descriptor *d;

	if (!arguments(env, info, 7, values) || (d = unwrap(env, values[0])) == NULL)
		return NULL;
	if (d->poll != NULL)
		return throw_errno(env, EALREADY, "listen");
	uint8_t *base = array_argument(env, values[1], napi_uint8_array, &octets);
	uint32_t *at = base ? array_argument(env, values[4], napi_uint32_array, &offsets) : NULL;
	uint32_t *length = at ? array_argument(env, values[5], napi_uint32_array, &lengths) : NULL;
	if (length == NULL || !uint32_argument(env, values[2], &limit) || !uint32_argument(env, values[3], &room) ||
	    !function_argument(env, values[6]))
		return NULL;
	if (limit > octets || room > limit || offsets > UINT32_MAX || lengths > UINT32_MAX)
		return throw_errno(env, ERANGE, "listen");
	if (!add_poll(d))
		return NULL;
	d->octets = base;
	d->offsets = at;
	d->lengths = length;
	d->limit = limit;
	d->size = octets;
	d->room = room;
	d->most = (uint32_t)(offsets < lengths ? offsets : lengths);
	napi_create_reference(env, values[1], 1, &d->arrays[0]);
	napi_create_reference(env, values[4], 1, &d->arrays[1]);
	napi_create_reference(env, values[5], 1, &d->arrays[2]);
	napi_create_reference(env, values[6], 1, &d->callback);
	uv_poll_start(d->poll, UV_READABLE, polled);
	return NULL;
}

napi_value descriptor_resume(napi_env env, napi_callback_info info)
{
	napi_value values[2];
	struct descriptor *d;
	bool writable;
	if (!arguments(env, info, 2, values) || !bool_argument(env, values[1], &writable) ||
	    (d = unwrap(env, values[0])) == NULL || d->octets == NULL)
		return NULL;
	uv_poll_start(d->poll, UV_READABLE | (writable ? UV_WRITABLE : 0), polled);
	return NULL;
}

napi_value descriptor_pause(napi_env env, napi_callback_info info)
{
	napi_value value;
	struct descriptor *d;
	if (arguments(env, info, 1, &value) && (d = unwrap(env, value)) != NULL && d->octets != NULL)
		uv_poll_stop(d->poll);
	return NULL;
}

napi_value descriptor_gather(napi_env env, napi_callback_info info)
{
	napi_value values[2];
	struct descriptor *d;
	uint32_t at;
	if (!arguments(env, info, 2, values) || !uint32_argument(env, values[1], &at) ||
	    (d = unwrap(env, values[0])) == NULL)
		return NULL;
	if (at != 0 && (d->octets == NULL || d->header != VIRTIO_HEADER))
		return throw_errno(env, EINVAL, "gather");
	/* Behind what is read, at a place for a datagram, with as much room. */
	if (at != 0 && (at < d->limit || at % ALIGNMENT != 0 || (uint64_t)at + d->limit > d->size))
		return throw_errno(env, ERANGE, "gather");
	if (at != 0 && d->gather == NULL && (d->gather = gather_new()) == NULL)
		return throw_errno(env, ENOMEM, "gather");
	d->gather_at = at;
	return NULL;
}
