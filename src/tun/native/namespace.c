#define _GNU_SOURCE
#include "namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int enter_namespace(int there, const char **syscall)
{
	int here, error;
	if (there < 0)
		return STAYED;
	*syscall = "open namespace";
	if ((here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	*syscall = "setns";
	if (setns(there, CLONE_NEWNET) == 0)
		return here;
	error = errno;
	close(here);
	errno = error;
	return -1;
}

int enter_namespace_at(const char *path, const char **syscall)
{
	int there, here, error;
	if (path[0] == '\0')
		return STAYED;
	*syscall = "open namespace";
	if ((there = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	here = enter_namespace(there, syscall);
	error = errno;
	close(there);
	errno = error;
	return here;
}

/* A thread that cannot come back would do everything else in a stranger's namespace: better none at all. */
void leave_namespace(int here)
{
	const int error = errno;
	if (here == STAYED)
		return;
	if (setns(here, CLONE_NEWNET) < 0) {
		perror("tunpike: cannot return to the network namespace");
		abort();
	}
	close(here);
	errno = error;
}
