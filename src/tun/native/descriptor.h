/*
 * A non-blocking file descriptor that JavaScript holds: a TUN device, a netlink socket, or a timer.
 *
 * The first two give one datagram a read and take one a write, so both are served by the same bursts: burst.c reads,
 * write.c writes. A timer is timer.c's. Who owns what until when is here.
 */
#ifndef TUNPIKE_DESCRIPTOR_H
#define TUNPIKE_DESCRIPTOR_H

#include "libuv.h"

#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

/* The length of a virtio-net header; see tun.c. */
enum { VIRTIO_HEADER = 10 };

struct descriptor {
	napi_env env;
	int fd;                             /* -1 once it is closed */
	int owners;                         /* JavaScript's handle, and the poll while it lives */
	uv_handle_t *poll;                  /* NULL until listen; a timer has it from the start */
	napi_async_cleanup_hook_handle hook; /* set as long as there is a poll */
	napi_ref callback;
	napi_ref arrays[3];                 /* keep the memory below from being collected */
	uint8_t *octets;                    /* NULL where nothing listens for bursts */
	uint32_t *offsets, *lengths;
	uint32_t limit, room, most;
	size_t size;                        /* of the octets */
	struct gather *gather;              /* NULL until datagrams are gathered for the first time */
	uint32_t gather_at;                 /* where super-datagrams are put; 0: nothing is gathered */
	uint32_t header;                    /* the octets in front of each datagram that go with it: 0, or VIRTIO_HEADER */
};

/* Wraps a descriptor for JavaScript, which owns it from here on; NULL with an exception pending where that fails. */
napi_value wrap_descriptor(napi_env env, int fd, uint32_t header);

/* What is behind a wrapped descriptor; NULL with an exception pending where it is closed or no descriptor. */
struct descriptor *unwrap(napi_env env, napi_value wrapped);

/* The fd behind a wrapped descriptor; -1 with an exception pending, as above. */
int unwrap_fd(napi_env env, napi_value wrapped);

/* Gives a descriptor a poll of its own, not started; false with an exception pending where that fails. */
bool add_poll(struct descriptor *d);

/* Calls back into JavaScript from the event loop, where a handle scope is open; what it throws is nobody's. */
void call_back(const struct descriptor *d, size_t count, const napi_value *arguments);

/* listen(d, octets, limit, room, offsets, lengths, callback(count, errno, writable, reads)), see burst.c. */
napi_value descriptor_listen(napi_env env, napi_callback_info info);
/* resume(d, alsoWritable): polls for octets to read, and on demand for room to write. */
napi_value descriptor_resume(napi_env env, napi_callback_info info);
/* pause(d): reads no more; datagrams wait in the kernel, up to its queue's length. */
napi_value descriptor_pause(napi_env env, napi_callback_info info);
/*
 * gather(d, at): makes super-datagrams of what is read, in the octets of `listen` from `at` on, where there is as much room
 * as for reading; 0: no more. See gather.h.
 */
napi_value descriptor_gather(napi_env env, napi_callback_info info);
/* write(d, octets, offsets, lengths, count, errors, parts | undefined): writes a burst, returns how many were not taken; see write.c. */
napi_value descriptor_write(napi_env env, napi_callback_info info);
/* isWritable(d): asks poll(2) now. */
napi_value descriptor_is_writable(napi_env env, napi_callback_info info);
/* setReferenced(d, on): whether the event loop stays alive for it. */
napi_value descriptor_set_referenced(napi_env env, napi_callback_info info);
/* close(d): twice is once. */
napi_value descriptor_close(napi_env env, napi_callback_info info);

#endif
