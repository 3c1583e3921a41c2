/*
 * Preloaded into a program, kills it at one system call: KILL_AT=CALL:N:before or CALL:N:after.
 *
 * Calls are linkat, mount, umount2, unlink, and persist, which is the ioctl TUNSETPERSIST; the first is 1.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/if_tun.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

static void meet(const char *call, const char *moment, int *count)
{
	char now[64];
	const char *wanted = getenv("KILL_AT");
	if (strcmp(moment, "before") == 0)
		++*count;
	snprintf(now, sizeof now, "%s:%d:%s", call, *count, moment);
	if (wanted != NULL && strcmp(wanted, now) == 0)
		kill(getpid(), SIGKILL);
}

#define WATCHED(name, result, parameters, values)                              \
	result name parameters                                                 \
	{                                                                      \
		static int count;                                              \
		result(*real) parameters = dlsym(RTLD_NEXT, #name);            \
		meet(#name, "before", &count);                                 \
		result answer = real values;                                   \
		meet(#name, "after", &count);                                  \
		return answer;                                                 \
	}

WATCHED(linkat, int, (int from, const char *old, int to, const char *path, int flags), (from, old, to, path, flags))
WATCHED(mount, int, (const char *source, const char *target, const char *type, unsigned long flags, const void *data),
	(source, target, type, flags, data))
WATCHED(umount2, int, (const char *target, int flags), (target, flags))
WATCHED(unlink, int, (const char *path), (path))

int ioctl(int fd, unsigned long request, ...)
{
	static int count;
	int (*real)(int, unsigned long, void *) = dlsym(RTLD_NEXT, "ioctl");
	va_list rest;
	va_start(rest, request);
	void *argument = va_arg(rest, void *);
	va_end(rest);
	if (request != TUNSETPERSIST)
		return real(fd, request, argument);
	meet("persist", "before", &count);
	const int answer = real(fd, request, argument);
	meet("persist", "after", &count);
	return answer;
}
