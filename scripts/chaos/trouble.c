/*
 * Preloaded into a program, makes its system calls fail, linger, do half, or be its last.
 *
 *   TROUBLE_SEED      which calls those are: the n-th call of a kind always meets the same fate
 *   TROUBLE_PERMILLE  how many of a thousand calls
 *   TROUBLE_LOG       where each is written down
 *   TROUBLE_FORGETS   a file whose path holds this text is never put in its place, and no error says so
 *
 * Only calls that make or undo something are troubled: names, mounts, namespaces, devices, netlink, the state file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum fate { NOTHING, FAILS, LINGERS, HALF, KILLED_BEFORE, KILLED_AFTER, STOPPED, FATES };

static const char *const names[FATES] = { "", "fails", "lingers", "half", "killed before", "killed after", "stopped" };

static uint64_t mixed(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static uint64_t number_of(const char *variable)
{
	const char *text = getenv(variable);
	return text == NULL ? 0 : strtoull(text, NULL, 10);
}

static void note(const char *call, int count, enum fate fate)
{
	char line[96];
	const char *path = getenv("TROUBLE_LOG");
	if (path == NULL)
		return;
	const int length = snprintf(line, sizeof line, "%d %s %d %s\n", getpid(), call, count, names[fate]);
	const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		return;
	if (syscall(SYS_write, fd, line, length) < 0)
		abort();
	close(fd);
}

/* What happens to a call, and with which error. What precedes the call itself has been done by then. */
static enum fate meet(const char *call, int *count, int *error)
{
	static const int errors[] = { EIO, ENOMEM, EPERM, EBUSY, ENOSPC, ENOBUFS, EINTR };
	uint64_t dice = mixed(number_of("TROUBLE_SEED") + 1);
	for (const char *letter = call; *letter != '\0'; letter++)
		dice = mixed(dice ^ (uint64_t)*letter);
	dice = mixed(dice ^ (uint64_t)++*count);
	if (dice % 1000 >= number_of("TROUBLE_PERMILLE"))
		return NOTHING;
	dice = mixed(dice);
	static const enum fate fates[] = { FAILS, FAILS, FAILS, LINGERS, LINGERS, HALF, KILLED_BEFORE, KILLED_AFTER, STOPPED };
	const enum fate fate = fates[dice % (sizeof fates / sizeof *fates)];
	*error = errors[mixed(dice) % (sizeof errors / sizeof *errors)];
	note(call, *count, fate);
	if (fate == KILLED_BEFORE)
		kill(getpid(), SIGKILL);
	if (fate == STOPPED)
		kill(getpid(), SIGSTOP);
	if (fate == LINGERS)
		usleep(1000 * (mixed(dice + 1) % 60));
	return fate;
}

#define TROUBLED(name, parameters, values)                              \
	int name parameters                                             \
	{                                                               \
		static int count;                                       \
		int error;                                              \
		int(*real) parameters = dlsym(RTLD_NEXT, #name);        \
		const enum fate fate = meet(#name, &count, &error);     \
		if (fate == FAILS || fate == HALF) {                    \
			errno = error;                                  \
			return -1;                                      \
		}                                                       \
		const int answer = real values;                         \
		if (fate == KILLED_AFTER)                               \
			kill(getpid(), SIGKILL);                        \
		return answer;                                          \
	}

TROUBLED(linkat, (int from, const char *old, int to, const char *path, int flags), (from, old, to, path, flags))
TROUBLED(mount, (const char *source, const char *target, const char *type, unsigned long flags, const void *data),
	(source, target, type, flags, data))
TROUBLED(umount2, (const char *target, int flags), (target, flags))
TROUBLED(unlink, (const char *path), (path))
TROUBLED(unshare, (int flags), (flags))

static int is_forgotten(const char *path)
{
	const char *text = getenv("TROUBLE_FORGETS");
	return text != NULL && strstr(path, text) != NULL;
}

#define PLACING(name, forget)                                           \
	static int troubled_##name(const char *from, const char *to)    \
	{                                                               \
		static int count;                                       \
		int error;                                              \
		int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, #name); \
		const enum fate fate = meet(#name, &count, &error);     \
		if (fate == FAILS || fate == HALF) {                    \
			errno = error;                                  \
			return -1;                                      \
		}                                                       \
		const int answer = real(from, to);                      \
		if (fate == KILLED_AFTER)                               \
			kill(getpid(), SIGKILL);                        \
		return answer;                                          \
	}                                                               \
	int name(const char *from, const char *to)                      \
	{                                                               \
		return is_forgotten(to) ? forget : troubled_##name(from, to); \
	}

PLACING(link, 0)
PLACING(rename, unlink(from))

/* The namespace of the program, to which it must always find back: who cannot aborts, as it should. */
static ino_t home;

__attribute__((constructor)) static void remember_home(void)
{
	struct stat stat_;
	if (stat("/proc/self/ns/net", &stat_) == 0)
		home = stat_.st_ino;
}

int setns(int fd, int kind)
{
	static int count;
	int error;
	struct stat there;
	int (*real)(int, int) = dlsym(RTLD_NEXT, "setns");
	if (fstat(fd, &there) < 0 || there.st_ino == home)
		return real(fd, kind);
	const enum fate fate = meet("setns", &count, &error);
	if (fate == FAILS || fate == HALF) {
		errno = error;
		return -1;
	}
	const int answer = real(fd, kind);
	if (fate == KILLED_AFTER)
		kill(getpid(), SIGKILL);
	return answer;
}

int ioctl(int fd, unsigned long request, ...)
{
	static int made, kept;
	int error;
	int (*real)(int, unsigned long, void *) = dlsym(RTLD_NEXT, "ioctl");
	va_list rest;
	va_start(rest, request);
	void *argument = va_arg(rest, void *);
	va_end(rest);
	if (request != TUNSETPERSIST && request != TUNSETIFF)
		return real(fd, request, argument);
	const enum fate fate = request == TUNSETIFF ? meet("device", &made, &error) : meet("persist", &kept, &error);
	if (fate == FAILS || fate == HALF) {
		errno = error;
		return -1;
	}
	const int answer = real(fd, request, argument);
	if (fate == KILLED_AFTER)
		kill(getpid(), SIGKILL);
	return answer;
}

/* What is half done here is a list of requests: one of them fails. */
ssize_t sendto(int fd, const void *octets, size_t length, int flags, const struct sockaddr *to, socklen_t room)
{
	static int count;
	int error;
	ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "sendto");
	if (to == NULL || to->sa_family != AF_NETLINK)
		return real(fd, octets, length, flags, to, room);
	const enum fate fate = meet("netlink", &count, &error);
	if (fate == FAILS || fate == HALF) {
		errno = error;
		return -1;
	}
	const ssize_t answer = real(fd, octets, length, flags, to, room);
	if (fate == KILLED_AFTER)
		kill(getpid(), SIGKILL);
	return answer;
}

static int is_state_file(int fd)
{
	char name[32], path[4096];
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	const ssize_t length = readlink(name, path, sizeof path - 1);
	if (length < 0)
		return 0;
	path[length] = '\0';
	return strstr(path, ".state.json") != NULL;
}

ssize_t write(int fd, const void *octets, size_t length)
{
	static int count;
	int error;
	ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
	if (!is_state_file(fd))
		return real(fd, octets, length);
	const enum fate fate = meet("write", &count, &error);
	if (fate == FAILS) {
		errno = error;
		return -1;
	}
	const ssize_t answer = real(fd, octets, fate == HALF ? length / 2 : length);
	if (fate == KILLED_AFTER)
		kill(getpid(), SIGKILL);
	return answer;
}
