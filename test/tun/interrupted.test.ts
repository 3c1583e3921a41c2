import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeKernel, namespacePath, run, withNamespace } from '../support/kernel.js';

/** Functions of the C library as they may be: system calls are interrupted, and one tells of a lock that is missing. */
const LIBRARY = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
static int is_interrupted(int fd)
{
	static int times;
	char link[64] = "", path[64] = "/proc/self/fd/";
	char number[16]; int n = 0, at = 14; unsigned f = (unsigned)fd;
	do number[n++] = (char)('0' + f % 10); while (f /= 10);
	while (n) path[at++] = number[--n];
	if (readlink(path, link, sizeof link - 1) <= 0 || (strcmp(link, "/dev/net/tun") != 0 && strncmp(link, "socket:", 7) != 0))
		return 0;
	if (times++ % 2 != 0)
		return 0;
	errno = EINTR;
	return 1;
}
#define NEXT(name, result, ...) static result (*next)(__VA_ARGS__); if (next == NULL) next = dlsym(RTLD_NEXT, name)
ssize_t write(int fd, const void *octets, size_t length)
{
	NEXT("write", ssize_t, int, const void *, size_t);
	return is_interrupted(fd) ? -1 : next(fd, octets, length);
}
ssize_t writev(int fd, const struct iovec *pieces, int count)
{
	NEXT("writev", ssize_t, int, const struct iovec *, int);
	return is_interrupted(fd) ? -1 : next(fd, pieces, count);
}
ssize_t read(int fd, void *octets, size_t length)
{
	NEXT("read", ssize_t, int, void *, size_t);
	return is_interrupted(fd) ? -1 : next(fd, octets, length);
}
ssize_t recv(int fd, void *octets, size_t length, int flags)
{
	NEXT("recv", ssize_t, int, void *, size_t, int);
	return is_interrupted(fd) ? -1 : next(fd, octets, length, flags);
}
int mount(const char *from, const char *to, const char *type, unsigned long flags, const void *data)
{
	NEXT("mount", int, const char *, const char *, const char *, unsigned long, const void *);
	if (strcmp(to, "/run/netns") == 0) {
		int folder = open(to, O_RDONLY);
		if (flock(folder, LOCK_SH | LOCK_NB) == 0)
			fprintf(stderr, "mounted without a lock\\n");
		close(folder);
	}
	return next(from, to, type, flags, data);
}
`;

const HOOKS = join(import.meta.dirname, '../host/typescript-hooks.mjs');
const PROGRAM = join(import.meta.dirname, 'interrupted.ts');

describeKernel(
  'a process that a signal interrupts at every other system call',
  ['cc', 'python3', 'unshare'],
  () => {
    it('reads, writes and asks as any other, and mounts only what nobody else mounts meanwhile', () =>
      withNamespace('tpintr', async (namespace) => {
        const folder = mkdtempSync(join(tmpdir(), 'tunpike-'));
        try {
          const library = join(folder, 'interrupter.so');
          execFileSync('cc', ['-shared', '-fPIC', '-o', library, '-x', 'c', '-', '-ldl'], { input: LIBRARY });
          const settings = [`LD_PRELOAD=${library}`, 'TUNPIKE_IO_URING=off'];
          const program = [process.execPath, '--import', HOOKS, PROGRAM, namespacePath(namespace), namespace];
          const { stdout, stderr } = await run('unshare', ['-m', 'env', ...settings, ...program]);
          expect(stderr).toBe('');
          expect(JSON.parse(stdout)).toEqual({ errors: [0, 0, 0, 0], faults: [], read: 6, answers: 3 });
        } finally {
          rmSync(folder, { recursive: true });
        }
      }));
  },
);
