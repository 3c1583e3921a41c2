/*
 * Bursts of writes by one system call, through io_uring where the kernel has it.
 *
 * A write(2) of a process with several threads pays for the entry into the kernel, for a reference to the file and for
 * the C library's cancellation point; in one submission they are paid once, or not at all (measured: a fifth of what a
 * datagram costs, one to eight devices).
 */
#ifndef TUNPIKE_RING_H
#define TUNPIKE_RING_H

#include <node_api.h>
#include <stdint.h>
#include <sys/uio.h>

/*
 * Writes datagrams to a non-blocking fd, in order, each of so many pieces as parts says; error[i] becomes 0 or an errno.
 * All have been written, or refused, when it returns: how many, from the first on. The rest, all of them where this
 * thread has no ring, is the caller's to write.
 */
uint32_t ring_write(napi_env env, int fd, const struct iovec *pieces, const uint32_t *parts, uint32_t count,
		    int32_t *error);

/* hasRing(): whether this thread writes its bursts in a ring. */
napi_value ring_is_there(napi_env env, napi_callback_info info);

#endif
