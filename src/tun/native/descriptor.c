#include "descriptor.h"

#include "libuv.h"
#include "ring.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Datagrams start at multiples of a cache line, with room in front of each for a virtio-net header. */
enum { ALIGNMENT = 64, HEADROOM = 16 };

/* Bursts of one descriptor in a row. */
enum { ROUNDS = 4 };

/* From so many datagrams on, one submission is cheaper than a write(2) each (measured). */
enum { FEWEST_IN_RING = 4 };

struct descriptor {
	napi_env env;
	int fd;                             /* -1 once it is closed */
	int owners;                         /* JavaScript's handle, and the poll while it lives */
	uv_handle_t *poll;                  /* NULL until listen */
	napi_async_cleanup_hook_handle hook; /* set as long as there is a poll */
	napi_ref callback;
	napi_ref arrays[3];                 /* keep the memory below from being collected */
	uint8_t *octets;
	uint32_t *offsets, *lengths;
	uint32_t limit, room, most;
};

static void release(struct descriptor *d)
{
	if (--d->owners == 0)
		free(d);
}

bool arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values)
{
	size_t given = count;
	if (napi_get_cb_info(env, info, &given, values, NULL, NULL) == napi_ok && given >= count)
		return true;
	napi_throw_type_error(env, NULL, "too few arguments");
	return false;
}

napi_value throw_errno(napi_env env, int error, const char *syscall)
{
	napi_value code, message, number, name, thrown;
	char text[128] = "";
	strncat(text, syscall, 60);
	strncat(text, ": ", 3);
	strncat(text, strerror(error), 60);
	napi_create_string_utf8(env, error == EBADFD ? "EBADFD" : uv_err_name(-error), NAPI_AUTO_LENGTH, &code);
	napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &message);
	napi_create_error(env, code, message, &thrown);
	napi_create_int32(env, -error, &number);
	napi_set_named_property(env, thrown, "errno", number);
	napi_create_string_utf8(env, syscall, NAPI_AUTO_LENGTH, &name);
	napi_set_named_property(env, thrown, "syscall", name);
	napi_throw(env, thrown);
	return NULL;
}

static struct descriptor *unwrap(napi_env env, napi_value wrapped)
{
	struct descriptor *d = NULL;
	if (napi_get_value_external(env, wrapped, (void **)&d) == napi_ok && d != NULL && d->fd >= 0)
		return d;
	throw_errno(env, EBADF, "descriptor");
	return NULL;
}

int unwrap_fd(napi_env env, napi_value wrapped)
{
	struct descriptor *d = unwrap(env, wrapped);
	return d == NULL ? -1 : d->fd;
}

/* ---- closing ---- */

static void poll_closed(uv_handle_t *poll)
{
	struct descriptor *d = uv_handle_get_data(poll);
	free(poll);
	napi_remove_async_cleanup_hook(d->hook);
	release(d);
}

/*
 * libuv allows the descriptor to be closed as soon as uv_close was called, and that removes the device at once;
 * only the memory of the poll is libuv's until its callback.
 */
static void begin_close(struct descriptor *d)
{
	if (d->fd < 0)
		return;
	if (d->poll != NULL) {
		napi_delete_reference(d->env, d->callback);
		for (int i = 0; i < 3; i++)
			napi_delete_reference(d->env, d->arrays[i]);
		uv_close(d->poll, poll_closed);
	}
	close(d->fd);
	d->fd = -1;
}

/* The environment (a worker thread, or the process) ends while the descriptor is open. */
static void environment_ends(napi_async_cleanup_hook_handle hook, void *data)
{
	(void)hook;
	begin_close(data);
}

/* JavaScript has lost its last handle. While there is a poll that only happens after close, or at the very end. */
static void collected(napi_env env, void *data, void *hint)
{
	(void)env;
	(void)hint;
	struct descriptor *d = data;
	if (d->poll == NULL)
		begin_close(d);
	release(d);
}

napi_value wrap_descriptor(napi_env env, int fd)
{
	napi_value wrapped;
	struct descriptor *d = calloc(1, sizeof *d);
	if (d == NULL) {
		close(fd);
		return throw_errno(env, ENOMEM, "calloc");
	}
	d->env = env;
	d->fd = fd;
	d->owners = 1;
	if (napi_create_external(env, d, collected, NULL, &wrapped) != napi_ok) {
		close(fd);
		free(d);
		return throw_errno(env, ENOMEM, "napi_create_external");
	}
	return wrapped;
}

napi_value descriptor_close(napi_env env, napi_callback_info info)
{
	napi_value value;
	struct descriptor *d = NULL;
	if (arguments(env, info, 1, &value) && napi_get_value_external(env, value, (void **)&d) == napi_ok)
		begin_close(d);
	return NULL;
}

/* ---- reading: a few bursts a turn of the loop, one call into JavaScript a burst ---- */

/*
 * Reads datagrams one behind another until there are none, or `most`, or the next might not fit.
 *
 * Stopping early loses nothing: the poll is level-triggered and comes back after the other ports had their turn.
 * Returns how many; `*error` is what ended the burst, 0 for an ordinary end.
 */
static uint32_t read_burst(struct descriptor *d, int *error)
{
	uint32_t count = 0, at = ALIGNMENT;
	*error = 0;
	while (count < d->most && at + d->room <= d->limit) {
		ssize_t length = read(d->fd, d->octets + at, d->room);
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && errno != EAGAIN)
			*error = errno;
		if (length <= 0)
			break;
		d->offsets[count] = at;
		d->lengths[count] = (uint32_t)length;
		count++;
		at = (at + (uint32_t)length + HEADROOM + ALIGNMENT - 1) & ~(uint32_t)(ALIGNMENT - 1);
	}
	return count;
}

static void tell(struct descriptor *d, uint32_t count, int error, bool writable)
{
	napi_env env = d->env;
	napi_handle_scope scope;
	napi_value callback, receiver, arguments[3], exception;

	napi_open_handle_scope(env, &scope);
	napi_get_reference_value(env, d->callback, &callback);
	napi_get_global(env, &receiver);
	napi_create_uint32(env, count, &arguments[0]);
	napi_create_int32(env, error, &arguments[1]);
	napi_get_boolean(env, writable, &arguments[2]);
	if (napi_make_callback(env, NULL, receiver, callback, 3, arguments, NULL) == napi_pending_exception &&
	    napi_get_and_clear_last_exception(env, &exception) == napi_ok)
		napi_fatal_exception(env, exception);
	napi_close_handle_scope(env, scope);
}

/*
 * While one burst was handled the next has often arrived: a few more are read before the other ports have their
 * turn, which saves a round of the event loop for each.
 */
static void polled(uv_handle_t *poll, int status, int events)
{
	struct descriptor *d = uv_handle_get_data(poll);
	int error;

	for (int round = 0; round < ROUNDS; round++) {
		uint32_t count = read_burst(d, &error);
		/* A negative status is POLLERR, and libuv has stopped the poll; the read says what is wrong. */
		if (status < 0 && error == 0)
			error = -status;
		if (round > 0 && count == 0 && error == 0)
			return;
		tell(d, count, error, round == 0 && (events & UV_WRITABLE) != 0);
		/* The callback may have closed or paused the descriptor; its memory is there until poll_closed. */
		if (count == 0 || error != 0 || d->fd < 0 || !uv_is_active(poll))
			return;
	}
}

static void *typed_array(napi_env env, napi_value value, napi_typedarray_type type, size_t *length)
{
	napi_typedarray_type found;
	void *data;
	if (napi_get_typedarray_info(env, value, &found, length, &data, NULL, NULL) == napi_ok && found == type)
		return data;
	napi_throw_type_error(env, NULL, "not the typed array that is wanted");
	return NULL;
}

/*
 * Starts bursts: datagrams go into octets[0 … limit), each is offered `room` octets, and where they are stands in
 * offsets and lengths, whose length is the most a burst may have.
 */
napi_value descriptor_listen(napi_env env, napi_callback_info info)
{
	napi_value values[7];
	size_t octets, offsets, lengths;
	uv_loop_t *loop;
	struct descriptor *d;
	int error;

	if (!arguments(env, info, 7, values) || (d = unwrap(env, values[0])) == NULL)
		return NULL;
	if (d->poll != NULL)
		return throw_errno(env, EALREADY, "listen");
	d->octets = typed_array(env, values[1], napi_uint8_array, &octets);
	d->offsets = d->octets ? typed_array(env, values[4], napi_uint32_array, &offsets) : NULL;
	d->lengths = d->offsets ? typed_array(env, values[5], napi_uint32_array, &lengths) : NULL;
	if (d->lengths == NULL)
		return NULL;
	napi_get_value_uint32(env, values[2], &d->limit);
	napi_get_value_uint32(env, values[3], &d->room);
	if (d->limit > octets || d->room > d->limit)
		return throw_errno(env, ERANGE, "listen");
	d->most = (uint32_t)(offsets < lengths ? offsets : lengths);

	napi_get_uv_event_loop(env, (struct uv_loop_s **)&loop);
	uv_handle_t *poll = malloc(uv_handle_size(UV_POLL));
	if (poll == NULL)
		return throw_errno(env, ENOMEM, "malloc");
	if ((error = uv_poll_init(loop, poll, d->fd)) < 0) {
		free(poll);
		return throw_errno(env, -error, "uv_poll_init");
	}
	uv_handle_set_data(poll, d);
	d->poll = poll;
	d->owners++;
	napi_create_reference(env, values[1], 1, &d->arrays[0]);
	napi_create_reference(env, values[4], 1, &d->arrays[1]);
	napi_create_reference(env, values[5], 1, &d->arrays[2]);
	napi_create_reference(env, values[6], 1, &d->callback);
	napi_add_async_cleanup_hook(env, environment_ends, d, &d->hook);
	uv_poll_start(poll, UV_READABLE, polled);
	return NULL;
}

napi_value descriptor_resume(napi_env env, napi_callback_info info)
{
	napi_value values[2];
	struct descriptor *d;
	bool writable;
	if (!arguments(env, info, 2, values) || (d = unwrap(env, values[0])) == NULL || d->poll == NULL)
		return NULL;
	napi_get_value_bool(env, values[1], &writable);
	uv_poll_start(d->poll, UV_READABLE | (writable ? UV_WRITABLE : 0), polled);
	return NULL;
}

napi_value descriptor_pause(napi_env env, napi_callback_info info)
{
	napi_value value;
	struct descriptor *d;
	if (arguments(env, info, 1, &value) && (d = unwrap(env, value)) != NULL && d->poll != NULL)
		uv_poll_stop(d->poll);
	return NULL;
}

napi_value descriptor_set_referenced(napi_env env, napi_callback_info info)
{
	napi_value values[2];
	struct descriptor *d;
	bool on;
	if (!arguments(env, info, 2, values) || (d = unwrap(env, values[0])) == NULL || d->poll == NULL)
		return NULL;
	napi_get_value_bool(env, values[1], &on);
	(on ? uv_ref : uv_unref)(d->poll);
	return NULL;
}

/* ---- writing ---- */

/* Returns 0, or the errno. */
static int write_one(int fd, const uint8_t *datagram, size_t length)
{
	ssize_t written;
	do
		written = write(fd, datagram, length);
	while (written < 0 && errno == EINTR);
	return written < 0 ? errno : 0;
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
	uint8_t *base = typed_array(env, values[1], napi_uint8_array, &octets);
	uint32_t *at = base ? typed_array(env, values[2], napi_uint32_array, &offsets) : NULL;
	uint32_t *length = at ? typed_array(env, values[3], napi_uint32_array, &lengths) : NULL;
	int32_t *error = length ? typed_array(env, values[5], napi_int32_array, &errors) : NULL;
	if (error == NULL)
		return NULL;
	napi_get_value_uint32(env, values[4], &count);
	if (count > offsets || count > lengths || count > errors)
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
