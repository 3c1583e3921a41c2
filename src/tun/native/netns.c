#define _GNU_SOURCE
#include "netns.h"

#include "arguments.h"
#include "namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/run/netns"
#define SETTINGS "/proc/sys/net/"

enum { MOST_AT_ONCE = 1024, NAME_LENGTH = 128, VALUE_LENGTH = 256 };

napi_value netns_make(napi_env env, napi_callback_info info)
{
	napi_value value, result;
	uint32_t count, made = 0;
	int fds[MOST_AT_ONCE], error = 0;
	bool has_moved = false;

	if (!arguments(env, info, 1, &value) || !uint32_argument(env, value, &count))
		return NULL;
	if (count > MOST_AT_ONCE)
		return throw_errno(env, ERANGE, "unshare");
	const int here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (here < 0)
		return throw_errno(env, errno, "open namespace");
	const char *syscall = "unshare";
	for (; made < count; made++) {
		if (unshare(CLONE_NEWNET) < 0) {
			error = errno;
			break;
		}
		has_moved = true;
		if ((fds[made] = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) < 0) {
			error = errno;
			syscall = "open namespace";
			break;
		}
	}
	if (has_moved)
		leave_namespace(here);
	else
		close(here);
	if (error != 0) {
		while (made > 0)
			close(fds[--made]);
		return throw_errno(env, error, syscall);
	}
	napi_create_array_with_length(env, count, &result);
	for (uint32_t i = 0; i < count; i++) {
		napi_value fd;
		napi_create_int32(env, fds[i], &fd);
		napi_set_element(env, result, i, fd);
	}
	return result;
}

/* Two that make it a mount at once would mount it twice, hence the lock. Source: ip-netns(8), iproute2. */
napi_value netns_prepare_folder(napi_env env, napi_callback_info info)
{
	(void)info;
	int error = 0;
	if (mkdir(FOLDER, 0755) < 0 && errno != EEXIST)
		return throw_errno(env, errno, "mkdir " FOLDER);
	const int lock = open(FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return throw_errno(env, errno, "open " FOLDER);
	flock(lock, LOCK_EX);
	if (mount("", FOLDER, "none", MS_SHARED | MS_REC, NULL) < 0) {
		/* EINVAL: it is no mount yet. */
		if (errno != EINVAL || mount(FOLDER, FOLDER, "none", MS_BIND | MS_REC, NULL) < 0 ||
		    mount("", FOLDER, "none", MS_SHARED | MS_REC, NULL) < 0)
			error = errno;
	}
	close(lock);
	return error == 0 ? NULL : throw_errno(env, error, "mount " FOLDER);
}

/* Reads a name into a path of the folder; false with an exception pending where it is none. */
static bool path_argument(napi_env env, napi_value value, char *path, size_t length)
{
	char name[NAME_LENGTH];
	if (!string_argument(env, value, name, sizeof name))
		return false;
	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL) {
		throw_errno(env, EINVAL, "name of a namespace");
		return false;
	}
	snprintf(path, length, FOLDER "/%s", name);
	return true;
}

napi_value netns_attach(napi_env env, napi_callback_info info)
{
	napi_value values[3];
	int32_t there, placeholder;
	char path[NAME_LENGTH + sizeof FOLDER + 1], source[64];

	if (!arguments(env, info, 3, values) || !int32_argument(env, values[0], &there) ||
	    !int32_argument(env, values[1], &placeholder) || !path_argument(env, values[2], path, sizeof path))
		return NULL;
	snprintf(source, sizeof source, "/proc/self/fd/%d", placeholder);
	if (linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0)
		return throw_errno(env, errno, "link");
	snprintf(source, sizeof source, "/proc/self/fd/%d", there);
	if (mount(source, path, "none", MS_BIND, NULL) < 0) {
		const int error = errno;
		unlink(path);
		return throw_errno(env, error, "mount");
	}
	return NULL;
}

napi_value netns_detach(napi_env env, napi_callback_info info)
{
	napi_value value;
	char path[NAME_LENGTH + sizeof FOLDER + 1];

	if (!arguments(env, info, 1, &value) || !path_argument(env, value, path, sizeof path))
		return NULL;
	/* EINVAL: nothing is mounted there, only the placeholder is left. */
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 && errno != EINVAL)
		return throw_errno(env, errno, "umount");
	if (unlink(path) < 0 && errno != ENOENT)
		return throw_errno(env, errno, "unlink");
	return NULL;
}

napi_value netns_setting(napi_env env, napi_callback_info info)
{
	napi_value values[3], result;
	int32_t there;
	char name[NAME_LENGTH], path[NAME_LENGTH + sizeof SETTINGS], value[VALUE_LENGTH];
	const char *syscall = "open";
	ssize_t length = 0;
	int error = 0;

	if (!arguments(env, info, 3, values) || !int32_argument(env, values[0], &there) ||
	    !string_argument(env, values[1], name, sizeof name) || !string_argument(env, values[2], value, sizeof value))
		return NULL;
	if (strstr(name, "..") != NULL)
		return throw_errno(env, EINVAL, "setting");
	snprintf(path, sizeof path, SETTINGS "%s", name);

	const int here = enter_namespace(there, &syscall);
	if (here == -1)
		return throw_errno(env, errno, syscall);
	const bool writes = value[0] != '\0';
	const int fd = open(path, (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		error = errno;
	else if (writes && write(fd, value, strlen(value)) < 0)
		error = errno, syscall = "write";
	else if ((length = pread(fd, value, sizeof value - 1, 0)) < 0)
		error = errno, syscall = "read";
	leave_namespace(here);
	if (fd >= 0)
		close(fd);
	if (error != 0)
		return throw_errno(env, error, syscall);
	napi_create_string_utf8(env, value, (size_t)length, &result);
	return result;
}
