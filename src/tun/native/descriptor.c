#include "descriptor.h"

#include "arguments.h"
#include "closing.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static void release(struct descriptor *d)
{
	if (--d->owners > 0)
		return;
	free(d->gather);
	free(d);
}

struct descriptor *unwrap(napi_env env, napi_value wrapped)
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
	close_or_hold(d->fd);
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

napi_value wrap_descriptor(napi_env env, int fd, uint32_t header)
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
	d->header = header;
	if (napi_create_external(env, d, collected, NULL, &wrapped) != napi_ok) {
		close(fd);
		free(d);
		return throw_errno(env, ENOMEM, "napi_create_external");
	}
	return wrapped;
}

bool add_poll(struct descriptor *d)
{
	uv_loop_t *loop;
	int error;
	napi_get_uv_event_loop(d->env, (struct uv_loop_s **)&loop);
	uv_handle_t *poll = malloc(uv_handle_size(UV_POLL));
	if (poll == NULL) {
		throw_errno(d->env, ENOMEM, "malloc");
		return false;
	}
	if ((error = uv_poll_init(loop, poll, d->fd)) < 0) {
		free(poll);
		throw_errno(d->env, -error, "uv_poll_init");
		return false;
	}
	uv_handle_set_data(poll, d);
	d->poll = poll;
	d->owners++;
	napi_add_async_cleanup_hook(d->env, environment_ends, d, &d->hook);
	return true;
}

void call_back(const struct descriptor *d, size_t count, const napi_value *arguments)
{
	napi_env env = d->env;
	napi_value callback, receiver, exception;
	napi_get_reference_value(env, d->callback, &callback);
	napi_get_global(env, &receiver);
	if (napi_make_callback(env, NULL, receiver, callback, count, arguments, NULL) == napi_pending_exception &&
	    napi_get_and_clear_last_exception(env, &exception) == napi_ok)
		napi_fatal_exception(env, exception);
}

napi_value descriptor_set_referenced(napi_env env, napi_callback_info info)
{
	napi_value values[2];
	struct descriptor *d;
	bool on;
	if (!arguments(env, info, 2, values) || !bool_argument(env, values[1], &on) ||
	    (d = unwrap(env, values[0])) == NULL || d->poll == NULL)
		return NULL;
	(on ? uv_ref : uv_unref)(d->poll);
	return NULL;
}

napi_value descriptor_close(napi_env env, napi_callback_info info)
{
	napi_value value;
	struct descriptor *d = NULL;
	if (!arguments(env, info, 1, &value))
		return NULL;
	if (napi_get_value_external(env, value, (void **)&d) != napi_ok || d == NULL)
		return throw_errno(env, EBADF, "descriptor");
	begin_close(d);
	return NULL;
}
