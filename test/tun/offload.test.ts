import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Parcel } from '../../src/parcel.js';
import { Arena } from '../../src/tun/arena.js';
import { offloadWish } from '../../src/tun/offload.js';
import { whyNotMore } from '../../src/tun/offload-reason.js';
import { openPort } from '../../src/tun/open-port.js';
import { madeOf, Oracle } from '../conformance/offload/oracle.js';
import { hex } from '../support/datagram.js';
import { describeKernel, ip, namespacePath, run, until, withNamespace } from '../support/kernel.js';
import { superDatagram } from '../support/super-datagram.js';
import { Recorder } from './recorder.js';

const datagramsOf = (parcel: Parcel): string[] => madeOf([parcel]).map(hex);

const withOracle = async (
  wish: 'off' | 'tcp' | 'all',
  body: (oracle: Oracle) => Promise<void>,
): Promise<void> => {
  const oracle = await Oracle.open({ Arena, openPort }, wish);
  try {
    await body(oracle);
  } finally {
    oracle.close();
  }
};

const BOTH = ['tcp-segmentation', 'udp-segmentation'];
/** A marker ends what is told, a datagram of its own. */
const MARKER = 1;

describeKernel('a device with offload', ['tc', 'sysctl'], () => {
  it.each([
    ['off', 0, []],
    ['tcp', 1, ['checksum', 'tcp-segmentation']],
    ['all', 2, ['checksum', 'tcp-segmentation', 'udp-segmentation']],
  ] as const)(
    'gets segments where it takes no super-datagrams, with %s, and no fewer',
    (wish, whole, names) =>
      withOracle(wish, async (oracle) => {
        expect(oracle.port.offload.names).toEqual(names);
        const parcels = [6, 17].map((protocol) => superDatagram({ protocol, segment: 1000, length: 9500 }));
        const { plain } = await oracle.tell(parcels);
        expect(plain.map(hex)).toEqual(parcels.flatMap(datagramsOf));
        expect(oracle.port.traffic).toMatchObject({
          writtenSegments: whole + (2 - whole) * 10 + MARKER,
          writtenDatagrams: 20 + MARKER,
        });
      }),
  );

  it('gets no more segments at once than every kernel takes', () =>
    withOracle('all', async (oracle) => {
      const parcel = superDatagram({ segment: 64, length: 64 * 200 });
      const { plain, offloaded } = await oracle.tell([parcel]);
      expect(plain.map(hex)).toEqual(datagramsOf(parcel));
      expect(offloaded.map(({ datagrams }) => datagrams)).toEqual([64, 64, 64, 8]);
    }));
});

const SENDER = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(17, 103, 100)
s.connect(("198.51.100.1", 9))
for i in range(5): s.send(bytes(range(250)) * 4)`;

describeKernel('what a kernel with offload hands out', ['python3'], () => {
  it('is a super-datagram, once, that stands for what was sent', () =>
    withNamespace('tpoffload', async (namespace) => {
      const options = { device: 'tp0', namespace: namespacePath(namespace), persistent: false };
      const port = await openPort({ ...options, offload: 'all' }, new Arena(), ['native']);
      const listener = new Recorder();
      const seen: Parcel[] = [];
      const take = (parcel: Parcel): void => void seen.push({ ...parcel, octets: parcel.octets.slice() });
      port.start({ take }, listener);
      try {
        await ip('addr add 198.51.100.10/24 dev tp0', namespace);
        await ip('link set tp0 up', namespace);
        await run('python3', ['-c', SENDER], { namespace });
        const ours = (): Parcel[] => seen.filter(({ octets }) => octets[0] === 0x45 && octets[9] === 17);
        await until(() => ours().length >= 5, 5000, 'five super-datagrams');
        expect(ours()[0]).toMatchObject({ segment: 100, datagrams: 10, headers: 28, isPartial: true });
        expect(port.traffic.readDatagrams - port.traffic.readSegments).toBe(45);
        expect(await ip('link show tp0', namespace)).toContain('qlen 2000');
      } finally {
        port.close();
      }
    }));

  it('is plain again on a persistent device that somebody opens without it', () =>
    withNamespace('tpoffload', async (namespace) => {
      const options = { device: 'tp0', namespace: namespacePath(namespace), persistent: true };
      (await openPort({ ...options, offload: 'all' }, new Arena(), ['native'])).close();
      const port = await openPort({ ...options, offload: 'off' }, new Arena(), ['native']);
      const listener = new Recorder();
      port.start(listener, listener);
      try {
        await ip('addr add 198.51.100.10/24 dev tp0', namespace);
        await ip('link set tp0 up', namespace);
        await run('python3', ['-c', SENDER], { namespace });
        const ours = () => listener.datagrams.filter((each) => each[0] === 0x45 && each[9] === 17);
        await until(() => ours().length >= 50, 5000, 'fifty datagrams');
        expect(ours().every(({ length }) => length === 128)).toBe(true);
      } finally {
        port.close();
      }
    }));
});

/** Refuses super-datagrams as some kernels do, from the n-th on, the two that are tried at open included. */
const REFUSER = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
static int is_tun(int fd)
{
	char link[64] = "", path[64] = "/proc/self/fd/";
	char number[16]; int n = 0, at = 14; unsigned f = (unsigned)fd;
	do number[n++] = (char)('0' + f % 10); while (f /= 10);
	while (n) path[at++] = number[--n];
	return readlink(path, link, sizeof link - 1) > 0 && strcmp(link, "/dev/net/tun") == 0;
}
static int is_refused(int fd, const unsigned char *header, size_t length)
{
	static int taken;
	return length > 10 && header[1] != 0 && is_tun(fd) && taken++ >= atoi(getenv("TAKES"));
}
ssize_t write(int fd, const void *octets, size_t length)
{
	static ssize_t (*next)(int, const void *, size_t);
	if (next == NULL)
		next = dlsym(RTLD_NEXT, "write");
	if (!is_refused(fd, octets, length))
		return next(fd, octets, length);
	errno = EINVAL;
	return -1;
}
ssize_t writev(int fd, const struct iovec *pieces, int count)
{
	static ssize_t (*next)(int, const struct iovec *, int);
	if (next == NULL)
		next = dlsym(RTLD_NEXT, "writev");
	if (count < 1 || !is_refused(fd, pieces[0].iov_base, pieces[0].iov_len))
		return next(fd, pieces, count);
	errno = EINVAL;
	return -1;
}
`;

describeKernel('a kernel that refuses super-datagrams', ['cc', 'python3'], () => {
  /** What is said of a device that takes so many super-datagrams, the two that are tried included. */
  const whyOf = (takes: number, offload: readonly string[]) => {
    if (offload.length === 2) return { refusals: [] };
    const protocol = offload.includes('tcp-segmentation') ? 'UDP' : 'TCP';
    if (takes < 2)
      return { why: expect.stringMatching(/^Linux .* refuses legal segments of TCP$/), refusals: [] };
    const why = `the kernel has refused legal segments of ${protocol}`;
    return { why, refusals: [why] };
  };

  it.each([
    ['of both kinds, from the start', 'udp', 0, []],
    ['of UDP, the first', 'udp', 2, ['tcp-segmentation']],
    ['of UDP, the second', 'udp', 3, ['tcp-segmentation']],
    ['of UDP, once some were taken', 'udp', 4, ['tcp-segmentation']],
    ['of TCP, the first', 'tcp', 2, ['udp-segmentation']],
    ['of TCP, the second', 'tcp', 3, ['udp-segmentation']],
    ['of TCP, once some were taken', 'tcp', 4, ['udp-segmentation']],
    ['that we have made, the first', 'run', 2, ['tcp-segmentation']],
    ['that we have made, the second', 'run', 3, ['tcp-segmentation']],
    ['that we have made, once some were taken', 'run', 4, ['tcp-segmentation']],
    ['none', 'run', 99, BOTH],
  ] as const)('loses none of them, and their order is kept: %s', (_, what, takes, offload) =>
    withNamespace('tpoffload', async (namespace) => {
      const folder = mkdtempSync(join(tmpdir(), 'tunpike-'));
      try {
        const library = join(folder, 'refuser.so');
        execFileSync('cc', ['-shared', '-fPIC', '-o', library, '-x', 'c', '-', '-ldl'], { input: REFUSER });
        const hooks = join(import.meta.dirname, '../host/typescript-hooks.mjs');
        const writer = join(import.meta.dirname, 'super-writer.ts');
        const settings = [`LD_PRELOAD=${library}`, `TAKES=${takes}`];
        const program = [
          process.execPath,
          '--import',
          hooks,
          writer,
          namespacePath(namespace),
          namespace,
          what,
        ];
        const { stdout, stderr } = await run('env', [...settings, ...program]);
        expect(stderr).toBe('');
        expect(JSON.parse(stdout)).toEqual({
          offload: ['checksum', ...offload],
          ...whyOf(takes, offload),
          refused: 0,
          arrived: Array.from({ length: 30 }, (_none, i) => i),
          traffic: expect.objectContaining({ writtenDatagrams: 30, refusedDatagrams: 0 }),
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
  );
});

describeKernel('a device that is up when it is opened', [], () => {
  it('sees nothing of what is tried', () =>
    withNamespace('tpoffload', async (namespace) => {
      const options = { device: 'tp0', namespace: namespacePath(namespace), persistent: true } as const;
      (await openPort({ ...options, offload: 'all' }, new Arena(), ['native'])).close();
      await ip('link set tp0 up', namespace);
      const port = await openPort({ ...options, offload: 'all' }, new Arena(), ['native']);
      try {
        expect(port.offload).toMatchObject({ names: ['checksum', ...BOTH], reason: undefined });
        expect(JSON.parse(await ip('-j -s link show tp0', namespace))[0].stats64.rx.packets).toBe(0);
      } finally {
        port.close();
      }
    }));
});

it.each([
  ['off', 'off', {}, 'TUNPIKE_OFFLOAD=off'],
  ['what the file of a test asks for', undefined, {}, 'off is asked for'],
  ['tcp', 'tcp', { wish: 'tcp', reads: 'tcp' }, 'TUNPIKE_OFFLOAD=tcp'],
  ['UDP of a kernel with a fault', '', { wish: 'tcp', reads: 'tcp' }, 'Linux 6.8.4 loses segments of UDP'],
  ['another back end', '', { wish: 'tcp', hasHeader: false }, 'only the native back end has it'],
  ['a kernel without', '', { wish: 'all', reads: 'nothing' }, 'Linux 6.8.4 has none'],
  ['an old kernel', 'all', { wish: 'all', reads: 'tcp' }, 'that of UDP needs Linux 6.2, and this is 6.8.4'],
  ['no TCP', 'all', { wish: 'all', takesTcp: false }, 'Linux 6.8.4 refuses legal segments of TCP'],
  ['no UDP', 'all', { wish: 'all' }, 'Linux 6.8.4 refuses legal segments of UDP'],
  [
    'no more',
    'all',
    { wish: 'all', refused: ['UDP', 'TCP'] },
    'the kernel has refused legal segments of UDP and TCP',
  ],
] as const)('why not more is said: %s', (_, choice, state, why) => {
  const all = { wish: 'off', hasHeader: true, reads: 'all', takesTcp: true, refused: [] } as const;
  expect(whyNotMore({ ...all, ...state }, choice, '6.8.4')).toBe(why);
});

it('a wish is one of three', () => {
  expect(offloadWish('tcp')).toBe('tcp');
  expect(offloadWish('', '6.18.0')).toBe('all');
  // These mangle or lose segmented UDP.
  expect(offloadWish(undefined, '7.0.0')).toBe('tcp');
  expect(offloadWish(undefined, '6.8.4-generic')).toBe('tcp');
  expect(offloadWish('all', '7.0.0')).toBe('all');
  expect(() => offloadWish('udp')).toThrow(/TUNPIKE_OFFLOAD=udp/);
});
