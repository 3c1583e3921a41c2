#define _GNU_SOURCE
#include "ring.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#if defined(__has_include) && __has_include(<linux/io_uring.h>)
#include <linux/io_uring.h>
#endif

#if defined(IORING_OFF_SQES) && defined(SYS_io_uring_setup)

/* Of the kernel's interface; not every C library names it. */
#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x00000008
#endif

/* A power of two; a longer burst goes in several submissions. */
enum { ENTRIES = 256 };

/*
 * Since Linux 5.17. What came before 5.11 hands writes to a TUN device to threads of the kernel's, which may finish them
 * in another order.
 */
#define FEATURE_NEW_ENOUGH (1U << 11)

struct ring {
	int fd;
	uint32_t *sq_head, *sq_tail, sq_mask;
	uint32_t *cq_head, *cq_tail, cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	bool is_useless;
	void *maps[3];
	size_t lengths[3];
};

/* Each thread has its own, so that nobody waits for another; where it is refused once, it is not asked for again. */
static _Thread_local struct ring *own;
static _Thread_local bool is_refused;

static void destroy(void *data)
{
	struct ring *ring = data;
	for (int i = 0; i < 3; i++)
		if (ring->maps[i] != NULL)
			munmap(ring->maps[i], ring->lengths[i]);
	close(ring->fd);
	free(ring);
	own = NULL;
}

static void *map(struct ring *ring, int i, size_t length, uint64_t offset)
{
	void *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, (off_t)offset);
	if (at == MAP_FAILED)
		return NULL;
	ring->maps[i] = at;
	ring->lengths[i] = length;
	return at;
}

static bool map_all(struct ring *ring, const struct io_uring_params *p)
{
	uint8_t *sq = map(ring, 0, p->sq_off.array + p->sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
	uint8_t *cq = map(ring, 1, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	ring->sqes = map(ring, 2, p->sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	if (sq == NULL || cq == NULL || ring->sqes == NULL)
		return false;
	ring->sq_head = (uint32_t *)(sq + p->sq_off.head);
	ring->sq_tail = (uint32_t *)(sq + p->sq_off.tail);
	ring->sq_mask = *(uint32_t *)(sq + p->sq_off.ring_mask);
	ring->cq_head = (uint32_t *)(cq + p->cq_off.head);
	ring->cq_tail = (uint32_t *)(cq + p->cq_off.tail);
	ring->cq_mask = *(uint32_t *)(cq + p->cq_off.ring_mask);
	ring->cqes = (struct io_uring_cqe *)(cq + p->cq_off.cqes);
	uint32_t *array = (uint32_t *)(sq + p->sq_off.array);
	for (uint32_t i = 0; i < p->sq_entries; i++)
		array[i] = i;
	return true;
}

/* NULL where the kernel has no io_uring, or none that is new enough, or keeps it from us, or TUNPIKE_IO_URING=off. */
static struct ring *create(void)
{
	struct io_uring_params parameters = { 0 };
	const char *wish = getenv("TUNPIKE_IO_URING");
	if (wish != NULL && strcmp(wish, "off") == 0)
		return NULL;
	int fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &parameters);
	if (fd < 0)
		return NULL;
	struct ring *ring = calloc(1, sizeof *ring);
	if (ring == NULL) {
		close(fd);
		return NULL;
	}
	ring->fd = fd;
	if ((parameters.features & FEATURE_NEW_ENOUGH) == 0 || !map_all(ring, &parameters)) {
		destroy(ring);
		return NULL;
	}
	return ring;
}

static struct ring *ring_of_thread(napi_env env)
{
	if (own == NULL && !is_refused) {
		own = create();
		is_refused = own == NULL;
		if (own != NULL)
			napi_add_env_cleanup_hook(env, destroy, own);
	}
	return own;
}

/* Notes what became of datagrams; returns of how many. */
static uint32_t reap(struct ring *ring, int32_t *error)
{
	uint32_t head = *ring->cq_head;
	const uint32_t tail = __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE);
	const uint32_t count = tail - head;
	for (; head != tail; head++) {
		const struct io_uring_cqe *each = &ring->cqes[head & ring->cq_mask];
		error[each->user_data] = each->res < 0 ? -each->res : 0;
		ring->is_useless |= each->res == -EOPNOTSUPP;
	}
	__atomic_store_n(ring->cq_head, head, __ATOMIC_RELEASE);
	return count;
}

/* Hands over what is queued and waits until all of it is done. Returns how many were, from the first on. */
static uint32_t submit(struct ring *ring, uint32_t count, int32_t *error)
{
	uint32_t done = 0;
	while (done < count) {
		const uint32_t queued = *ring->sq_tail - __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE);
		const long taken = syscall(SYS_io_uring_enter, ring->fd, queued, count - done, IORING_ENTER_GETEVENTS, NULL, 0);
		const int fault = taken < 0 ? errno : 0;
		done += reap(ring, error);
		if (fault == 0 || fault == EINTR)
			continue;
		/* Not taken, as where memory is short: what is still queued is taken back, the rest has its answer. */
		const uint32_t left = *ring->sq_tail - __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE);
		if (done + left < count)
			continue;
		__atomic_store_n(ring->sq_tail, *ring->sq_tail - left, __ATOMIC_RELEASE);
		break;
	}
	return done;
}

uint32_t ring_write(napi_env env, int fd, const struct iovec *pieces, const uint32_t *parts, uint32_t count,
		    int32_t *error)
{
	struct ring *ring = ring_of_thread(env);
	uint32_t done = 0;
	while (ring != NULL && done < count) {
		const uint32_t some = count - done < ENTRIES ? count - done : ENTRIES;
		uint32_t tail = *ring->sq_tail;
		for (uint32_t i = done; i < done + some; pieces += parts[i], i++, tail++)
			ring->sqes[tail & ring->sq_mask] = (struct io_uring_sqe){
				.opcode = parts[i] == 1 ? IORING_OP_WRITE : IORING_OP_WRITEV,
				.fd = fd,
				.addr = (uint64_t)(uintptr_t)(parts[i] == 1 ? pieces->iov_base : pieces),
				.len = parts[i] == 1 ? (uint32_t)pieces->iov_len : parts[i],
				/* Else a device that is full is waited for, and the whole program with it. */
				.rw_flags = RWF_NOWAIT,
				.user_data = i,
			};
		__atomic_store_n(ring->sq_tail, tail, __ATOMIC_RELEASE);
		const uint32_t written = submit(ring, some, error);
		/* Files that cannot promise not to wait: none of the burst was written. */
		if (ring->is_useless) {
			own = NULL;
			is_refused = true;
			break;
		}
		done += written;
		if (written < some)
			break;
	}
	return done;
}

napi_value ring_is_there(napi_env env, napi_callback_info info)
{
	napi_value result;
	(void)info;
	napi_get_boolean(env, ring_of_thread(env) != NULL, &result);
	return result;
}

#else

uint32_t ring_write(napi_env env, int fd, const struct iovec *pieces, const uint32_t *parts, uint32_t count,
		    int32_t *error)
{
	(void)env, (void)fd, (void)pieces, (void)parts, (void)count, (void)error;
	return 0;
}

napi_value ring_is_there(napi_env env, napi_callback_info info)
{
	napi_value result;
	(void)info;
	napi_get_boolean(env, false, &result);
	return result;
}

#endif
