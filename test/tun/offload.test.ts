import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eachDatagram } from '../../src/offload/segmentation.js';
import type { Parcel } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import { Arena } from '../../src/tun/arena.js';
import { offloadWish } from '../../src/tun/offload.js';
import { openPort } from '../../src/tun/open-port.js';
import type { Port } from '../../src/tun/port.js';
import { anyBurst, asSeen, byFlow } from '../support/any-burst.js';
import { anySuperDatagram } from '../support/any-super-datagram.js';
import { describeKernel, ip, namespacePath, run, until, withNamespace } from '../support/kernel.js';
import { superDatagram } from '../support/super-datagram.js';
import { Recorder } from './recorder.js';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

const datagramsOf = (parcel: Parcel): string[] => {
  const all: string[] = [];
  eachDatagram(
    parcel,
    (length) => new Uint8Array(length),
    ({ octets }) => all.push(hex(octets)),
  );
  return all;
};

interface Oracle {
  readonly port: Port;
  /** What the kernel makes of what is written to the port, for a device without offload. */
  readonly made: () => string[];
}

/**
 * Two devices: what is written to the first, the kernel sends out of the second before any of its IP has seen it, and
 * takes it apart, because that one has no offload.
 */
const withOracle = (wish: 'off' | 'tcp' | 'all', body: (oracle: Oracle) => Promise<void>): Promise<void> =>
  withNamespace('tpoffload', async (namespace) => {
    const opened = async (device: string, offload: 'off' | 'tcp' | 'all') => {
      const options = { device, namespace: namespacePath(namespace), persistent: false, offload };
      const port = await openPort(options, new Arena(), ['native']);
      const listener = new Recorder();
      port.start(listener, listener);
      return { port, listener };
    };
    const { port } = await opened('tp0', wish);
    const { port: plain, listener } = await opened('tp1', 'off');
    try {
      for (const device of ['tp0', 'tp1']) await ip(`link set ${device} mtu 1500 up`, namespace);
      for (const words of [
        'qdisc add dev tp0 clsact',
        'filter add dev tp0 ingress protocol all u32 match u32 0 0 action mirred egress redirect dev tp1',
      ])
        expect(await run('tc', ['-n', namespace, ...words.split(' ')])).toMatchObject({ code: 0 });
      await until(() => port.isUp() && plain.isUp(), 5000, 'up');
      const made = () => listener.datagrams.filter((each) => each[0]! >> 4 === 4).map(hex);
      await body({ port, made });
    } finally {
      port.close();
      plain.close();
    }
  });

const write = (port: Port, parcels: readonly Parcel[]): void => {
  for (const each of parcels)
    port.take({ ...each, octets: each.octets.slice(), refused: (reason) => expect.fail(reason) }, START);
  port.flush(START);
};

describeKernel('a device with offload', ['tc'], () => {
  it('has a kernel that makes the same segments as we do', () =>
    withOracle('all', async ({ port, made }) => {
      expect(port.offload).toEqual(['checksum', 'tcp-segmentation', 'udp-segmentation']);
      const wanted: string[] = [];
      for (const fields of fc.sample(anySuperDatagram, 60)) {
        const parcel = superDatagram(fields);
        wanted.push(...datagramsOf(parcel));
        write(port, [parcel]);
        await until(() => made().length >= wanted.length, 5000, `${wanted.length} segments`);
      }
      expect(made()).toEqual(wanted);
      expect(port.traffic).toMatchObject({
        writtenSegments: 60,
        writtenDatagrams: wanted.length,
        refusedDatagrams: 0,
      });
    }));

  it.each([
    ['off', 0],
    ['tcp', 1],
    ['all', 2],
  ] as const)('gets segments where it takes no super-datagrams, with %s, and no fewer', (wish, whole) =>
    withOracle(wish, async ({ port, made }) => {
      const parcels = [6, 17].map((protocol) => superDatagram({ protocol, segment: 1000, length: 9500 }));
      write(port, parcels);
      await until(() => made().length >= 20, 5000, '20 segments');
      expect(made()).toEqual(parcels.flatMap(datagramsOf));
      expect(port.traffic).toMatchObject({ writtenSegments: whole + (2 - whole) * 10, writtenDatagrams: 20 });
    }),
  );

  it('gets single datagrams of one flow at once, and makes of them what they were', () =>
    withOracle('all', async ({ port, made }) => {
      let count = 0;
      for (const burst of fc.sample(anyBurst, 40)) {
        // What the kernel refuses or completes by itself is not what this is about.
        const wanted = burst.flatMap(datagramsOf).map((each) => asSeen(Buffer.from(each, 'hex')));
        write(port, burst);
        await until(() => made().length >= count + wanted.length, 5000, `${count + wanted.length} datagrams`);
        const seen = made()
          .slice(count)
          .map((each) => asSeen(Buffer.from(each, 'hex')));
        expect(byFlow(seen)).toEqual(byFlow(wanted));
        count += wanted.length;
      }
      expect(port.traffic.writtenDatagrams).toBe(count);
      expect(port.traffic.writtenSegments).toBeLessThan(count);
    }));

  it('gets no more segments at once than every kernel takes', () =>
    withOracle('all', async ({ port, made }) => {
      const parcel = superDatagram({ segment: 64, length: 64 * 200 });
      write(port, [parcel]);
      await until(() => made().length >= 200, 5000, '200 segments');
      expect(made()).toEqual(datagramsOf(parcel));
      expect(port.traffic).toMatchObject({ writtenSegments: 4, writtenDatagrams: 200 });
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

const REFUSER = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int is_tun(int fd)
{
	char link[64] = "", path[64] = "/proc/self/fd/";
	char number[16]; int n = 0, at = 14; unsigned f = (unsigned)fd;
	do number[n++] = (char)('0' + f % 10); while (f /= 10);
	while (n) path[at++] = number[--n];
	return readlink(path, link, sizeof link - 1) > 0 && strcmp(link, "/dev/net/tun") == 0;
}
ssize_t write(int fd, const void *octets, size_t length)
{
	static ssize_t (*next)(int, const void *, size_t);
	static int taken;
	if (next == NULL)
		next = dlsym(RTLD_NEXT, "write");
	if (length > 10 && ((const unsigned char *)octets)[1] != 0 && is_tun(fd) && taken++ >= atoi(getenv("TAKES"))) {
		errno = EINVAL;
		return -1;
	}
	return next(fd, octets, length);
}
`;

describeKernel('a kernel that refuses super-datagrams', ['cc', 'python3'], () => {
  it.each([
    ['from the start', 0, ['checksum']],
    ['later', 3, ['checksum', 'tcp-segmentation']],
  ])('loses none of them: %s', (_, takes, offload) =>
    withNamespace('tpoffload', async (namespace) => {
      const folder = mkdtempSync(join(tmpdir(), 'tunpike-'));
      try {
        const library = join(folder, 'refuser.so');
        execFileSync('cc', ['-shared', '-fPIC', '-o', library, '-x', 'c', '-', '-ldl'], { input: REFUSER });
        const hooks = join(import.meta.dirname, '../host/typescript-hooks.mjs');
        const writer = join(import.meta.dirname, 'super-writer.ts');
        const settings = [`LD_PRELOAD=${library}`, `TAKES=${takes}`, 'TUNPIKE_IO_URING=off'];
        const program = [process.execPath, '--import', hooks, writer, namespacePath(namespace), namespace];
        const { stdout, stderr } = await run('env', [...settings, ...program]);
        expect(stderr).toBe('');
        expect(JSON.parse(stdout)).toEqual({
          offload,
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

it('a wish is one of three', () => {
  expect(offloadWish('tcp')).toBe('tcp');
  expect(offloadWish('')).toBe(offloadWish(undefined));
  expect(() => offloadWish('udp')).toThrow(/TUNPIKE_OFFLOAD=udp/);
});
