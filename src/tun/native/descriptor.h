/*
 * A non-blocking file descriptor that JavaScript holds: a TUN device, or a netlink socket.
 *
 * Both give one datagram a read and take one a write, so both are served by the same bursts.
 */
#ifndef TUNPIKE_DESCRIPTOR_H
#define TUNPIKE_DESCRIPTOR_H

#include <node_api.h>
#include <stdbool.h>

/* Fetches exactly `count` arguments; where there are fewer, throws and returns false. */
bool arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values);

/* Throws an Error shaped as Node's own: code, negative errno, syscall. Returns NULL, for `return throw_errno(…)`. */
napi_value throw_errno(napi_env env, int error, const char *syscall);

/* Wraps a descriptor for JavaScript, which owns it from here on; NULL with an exception pending where that fails. */
napi_value wrap_descriptor(napi_env env, int fd);

/* The fd behind a wrapped descriptor; -1 with an exception pending where it is closed or no descriptor. */
int unwrap_fd(napi_env env, napi_value wrapped);

/* listen(d, octets, limit, room, offsets, lengths, callback(count, errno, writable)), see descriptor.c. */
napi_value descriptor_listen(napi_env env, napi_callback_info info);
/* resume(d, alsoWritable): polls for octets to read, and on demand for room to write. */
napi_value descriptor_resume(napi_env env, napi_callback_info info);
/* pause(d): reads no more; datagrams wait in the kernel, up to its queue's length. */
napi_value descriptor_pause(napi_env env, napi_callback_info info);
/* write(d, octets, offsets, lengths, count, errors): writes a burst, returns how many were not taken. */
napi_value descriptor_write(napi_env env, napi_callback_info info);
/* isWritable(d): asks poll(2) now. */
napi_value descriptor_is_writable(napi_env env, napi_callback_info info);
/* setReferenced(d, on): whether the event loop stays alive for it. */
napi_value descriptor_set_referenced(napi_env env, napi_callback_info info);
/* close(d): twice is once. */
napi_value descriptor_close(napi_env env, napi_callback_info info);

#endif
