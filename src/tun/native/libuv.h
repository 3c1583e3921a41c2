/*
 * The few functions of libuv that the addon uses, declared here because a Node installation need not carry uv.h.
 *
 * libuv keeps its ABI within a major version, and every Node since 4 carries libuv 1. No layout of a struct is
 * relied on: handles are opaque, and as long as uv_handle_size says.
 */
#ifndef TUNPIKE_LIBUV_H
#define TUNPIKE_LIBUV_H

#include <stddef.h>

typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
typedef void (*uv_poll_cb)(uv_handle_t *poll, int status, int events);
typedef void (*uv_close_cb)(uv_handle_t *handle);
/* Of uv_prepare and uv_check alike. */
typedef void (*uv_turn_cb)(uv_handle_t *handle);

enum { UV_CHECK = 2, UV_POLL = 8, UV_PREPARE = 9 }; /* of uv_handle_type */
enum { UV_READABLE = 1, UV_WRITABLE = 2 };

size_t uv_handle_size(int type);
int uv_poll_init(uv_loop_t *loop, uv_handle_t *poll, int fd);
int uv_poll_start(uv_handle_t *poll, int events, uv_poll_cb callback);
int uv_poll_stop(uv_handle_t *poll);
int uv_prepare_init(uv_loop_t *loop, uv_handle_t *prepare);
int uv_prepare_start(uv_handle_t *prepare, uv_turn_cb callback);
int uv_check_init(uv_loop_t *loop, uv_handle_t *check);
int uv_check_start(uv_handle_t *check, uv_turn_cb callback);
void uv_update_time(uv_loop_t *loop);
int uv_backend_fd(const uv_loop_t *loop);
int uv_backend_timeout(const uv_loop_t *loop);
int uv_is_active(const uv_handle_t *handle);
void uv_close(uv_handle_t *handle, uv_close_cb callback);
void uv_ref(uv_handle_t *handle);
void uv_unref(uv_handle_t *handle);
void *uv_handle_get_data(const uv_handle_t *handle);
void uv_handle_set_data(uv_handle_t *handle, void *data);
const char *uv_err_name(int error);

#endif
