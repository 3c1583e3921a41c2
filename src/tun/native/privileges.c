#define _GNU_SOURCE
#include "privileges.h"

#include "arguments.h"

#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	/*
	 * The kernel keeps privileges for each thread, so each has to lower its own, inside a signal handler. The C
	 * libraries keep this signal for the same purpose, setuid(2) in all threads, and so let no thread block it;
	 * Node blocks every other one in the thread that starts its inspector.
	 */
	SIGNAL = 33,
	KERNEL_SIGSET = 8,
	MOST_THREADS = 1024,
	PATIENCE_MS = 1000,
};

/* The kernel's own struct sigaction, whatever it looks like on this machine. */
struct kernel_sigaction {
	char octets[64];
};

static uint32_t kept;
/* The thread that has lowered its privileges last; negative where it could not. */
static int answer;

/* System calls only: it runs inside a signal handler. */
static bool lower_this_thread(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	long is_set;

	/* Without CAP_SETPCAP the bounding set stays; no_new_privs keeps programs from gaining anything by it. */
	for (int each = 0; (is_set = syscall(SYS_prctl, PR_CAPBSET_READ, each, 0, 0, 0)) >= 0; each++)
		if (is_set == 1 && (each > 31 || (kept >> each & 1) == 0))
			syscall(SYS_prctl, PR_CAPBSET_DROP, each, 0, 0, 0);
	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	data[0].permitted &= kept;
	data[0].effective &= kept;
	data[0].inheritable &= kept;
	data[1] = (struct __user_cap_data_struct){ 0 };
	/* Ambient capabilities go with those that are permitted. */
	return syscall(SYS_capset, &header, data) == 0 && syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static void on_signal(int number)
{
	(void)number;
	const int error = errno;
	const int self = (int)syscall(SYS_gettid);
	__atomic_store_n(&answer, lower_this_thread() ? self : -self, __ATOMIC_RELEASE);
	errno = error;
}

/*
 * The C library does not let us handle this signal, and the kernel's structure has members that only the library
 * knows: it fills them in for another signal, and they are as good for this one.
 */
static int handle_signal(struct kernel_sigaction *before)
{
	struct sigaction ours = { .sa_handler = on_signal, .sa_flags = SA_RESTART }, theirs;
	struct kernel_sigaction made;
	long result;
	sigfillset(&ours.sa_mask);
	if (sigaction(SIGRTMAX, &ours, &theirs) < 0)
		return -1;
	result = syscall(SYS_rt_sigaction, SIGRTMAX, NULL, &made, KERNEL_SIGSET);
	sigaction(SIGRTMAX, &theirs, NULL);
	return result < 0 ? -1 : (int)syscall(SYS_rt_sigaction, SIGNAL, &made, before, KERNEL_SIGSET);
}

static bool lower_thread(int thread)
{
	const struct timespec moment = { 0, 50 * 1000 };
	int found = 0;
	__atomic_store_n(&answer, 0, __ATOMIC_RELEASE);
	if (syscall(SYS_tgkill, getpid(), thread, SIGNAL) < 0)
		return errno == ESRCH;
	for (int i = 0; i < PATIENCE_MS * 20 && found == 0; i++) {
		found = __atomic_load_n(&answer, __ATOMIC_ACQUIRE);
		if (found == 0)
			nanosleep(&moment, NULL);
		/* It may have ended before it came to the handler. */
		if (found == 0 && i % 20 == 19 && syscall(SYS_tgkill, getpid(), thread, 0) < 0)
			return errno == ESRCH;
	}
	return found == thread;
}

/* Lowers all threads that are not in the list yet, and adds them; false where the list is full. */
static bool lower_others(DIR *tasks, int *known, size_t *count, uint32_t *missed)
{
	const struct dirent *entry;
	rewinddir(tasks);
	while ((entry = readdir(tasks)) != NULL) {
		const int thread = atoi(entry->d_name);
		size_t i = 0;
		while (i < *count && known[i] != thread)
			i++;
		if (thread == 0 || i < *count)
			continue;
		if (*count == MOST_THREADS)
			return false;
		known[(*count)++] = thread;
		if (!lower_thread(thread))
			(*missed)++;
	}
	return true;
}

napi_value privileges_lower(napi_env env, napi_callback_info info)
{
	napi_value value, result;
	struct kernel_sigaction before;
	int known[MOST_THREADS];
	size_t count = 1, last;
	uint32_t missed = 0;

	if (!arguments(env, info, 1, &value) || !uint32_argument(env, value, &kept))
		return NULL;
	if (!lower_this_thread())
		return throw_errno(env, errno, "capset");
	DIR *tasks = opendir("/proc/self/task");
	if (tasks == NULL)
		return throw_errno(env, errno, "open /proc/self/task");
	if (handle_signal(&before) < 0) {
		const int error = errno;
		closedir(tasks);
		return throw_errno(env, error, "sigaction");
	}
	known[0] = (int)syscall(SYS_gettid);
	/* A thread that was not lowered yet may have made another one meanwhile. */
	do {
		last = count;
		if (!lower_others(tasks, known, &count, &missed))
			missed++;
	} while (count > last && count < MOST_THREADS);
	/* A thread that has not answered may still do so, and what handled the signal before would end the process. */
	if (missed == 0)
		syscall(SYS_rt_sigaction, SIGNAL, &before, NULL, KERNEL_SIGSET);
	closedir(tasks);
	napi_create_uint32(env, missed, &result);
	return result;
}
