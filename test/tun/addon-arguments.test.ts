import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { type Handle, loadAddon } from '../../src/tun/addon.js';
import { DONE, joined, messagesOf } from '../../src/tun/netlink.js';
import { linkDumpRequest } from '../../src/tun/rtnetlink.js';
import { describeKernel, ip, namespacePath, withNamespace } from '../support/kernel.js';
import { udpDatagram } from './datagrams.js';

const [EFAULT, EINVAL] = [14, 22];
const VIRTIO = { flag: 0x4000, length: 10 };
const HOOKS = fileURLToPath(new URL('../host/typescript-hooks.mjs', import.meta.url));
const code = (wanted: string) => expect.objectContaining({ code: wanted });

/** A device that is up, in a namespace of its own. */
const withDevice = (flags: number, body: (device: Handle, namespace: string) => void | Promise<void>) =>
  withNamespace('tpaddon', async (namespace) => {
    const addon = loadAddon();
    const { descriptor } = addon.open(namespacePath(namespace), 'tp0', flags, false);
    try {
      await ip('link set tp0 mtu 1500 up', namespace);
      await body(descriptor, namespace);
    } finally {
      addon.close(descriptor);
    }
  });

/** What becomes of datagrams at places of some octets: 0 or an errno each. */
const written = (
  device: Handle,
  octets: Uint8Array,
  places: readonly (readonly [at: number, length: number])[],
  parts?: readonly number[],
): number[] => {
  const count = parts?.length ?? places.length;
  const errors = new Int32Array(count).fill(-1);
  const refused = loadAddon().write(
    device,
    octets,
    Uint32Array.from(places, ([at]) => at),
    Uint32Array.from(places, ([, length]) => length),
    count,
    errors,
    parts && Uint32Array.from(parts),
  );
  expect(refused).toBe(errors.filter((error) => error !== 0).length);
  return [...errors];
};

describeKernel('a burst that the addon writes', [], () => {
  it('is taken up to its last octet and from its first, and nothing beyond is touched', () =>
    withDevice(0, (device) => {
      const one = udpDatagram({ length: 64 });
      const octets = new Uint8Array(192);
      for (const at of [0, 64, 128]) octets.set(one, at);
      const inside = octets.subarray(0, 128);
      expect(written(device, inside, [[0, 64], [64, 64]])).toEqual([0, 0]);
      expect(written(device, inside, [[65, 64], [64, 65], [128, 64], [2 ** 32 - 1, 64], [64, 64]])).toEqual([
        ...[EFAULT, EFAULT, EFAULT, EFAULT, 0],
      ]);
    }));

  it('has room for the header of each datagram, where the device has headers', () =>
    withDevice(VIRTIO.flag, (device) => {
      const octets = new Uint8Array(64 + VIRTIO.length);
      octets.set(udpDatagram({ length: 64 }), VIRTIO.length);
      const places = [9, 0, VIRTIO.length].map((at) => [at, 64] as const);
      expect(written(device, octets, places)).toEqual([EFAULT, EFAULT, 0]);
    }));

  it('goes on behind a datagram of more pieces than a kernel takes', () =>
    withDevice(0, (device) => {
      const octets = udpDatagram({ length: 64 });
      // Of these, no two would be taken for a datagram.
      const pieces = Array.from({ length: 2000 }, () => [1, 1] as const);
      expect(written(device, octets, [...pieces, [0, 20], [20, 44], [0, 64]], [2000, 2, 1])).toEqual([
        ...[EINVAL, 0, 0],
      ]);
    }));

  it('is of datagrams that are in pieces, each as long as its pieces', () =>
    withDevice(0, async (device, namespace) => {
      const octets = udpDatagram({ length: 64 });
      const received = async () => {
        const [link] = JSON.parse(await ip('-j -s link show tp0', namespace)) as [
          { stats64: { rx: { bytes: number; packets: number } } },
        ];
        return link.stats64.rx;
      };
      // So many that they go in a ring, where there is one.
      const pieces = Array.from({ length: 12 }, () => [[0, 20], [20, 44]] as const).flat();
      expect(written(device, octets, pieces, Array(12).fill(2))).toEqual(Array(12).fill(0));
      expect(await received()).toMatchObject({ packets: 12, bytes: 12 * 64 });
    }));

  it('tells of errors nowhere but where nothing else stands', () =>
    withDevice(0, (device) => {
      const octets = udpDatagram({ length: 64 });
      const words = () => new Uint32Array(new ArrayBuffer(64), 0, 8);
      const over = (array: Uint32Array, shift = 0) => new Int32Array(array.buffer, shift * 4, 8);
      const [at, length, parts] = [words(), words().fill(64), words().fill(1)];
      const write = (errors: Int32Array, count = 8, division: Uint32Array | undefined = parts) =>
        loadAddon().write(device, octets, at, length, count, errors, division);
      for (const array of [at, length, parts])
        for (const shift of [0, 7]) expect(() => write(over(array, shift))).toThrow(code('ERANGE'));
      expect(() => write(new Int32Array(7))).toThrow(code('ERANGE'));
      expect(() => write(new Int32Array(9), 9, undefined)).toThrow(code('ERANGE'));
      expect(write(over(at, 8))).toBe(0);
      const other = new Float32Array(8) as unknown as Uint32Array;
      expect(() => loadAddon().write(device, octets, other, length, 1, new Int32Array(1), undefined)).toThrow(
        TypeError,
      );
    }));
}); // biome-ignore format: tables

describeKernel('a burst that the addon reads', ['python3'], () => {
  it('ends where the next datagram might not fit, and goes on from the start', () =>
    withDevice(0, async (device, namespace) => {
      const [limit, room] = [2048, 1500];
      const octets = new Uint8Array(2 * limit);
      const counts: number[] = [];
      const listen = () =>
        loadAddon().listen(device, octets, limit, room, new Uint32Array(64), new Uint32Array(64), (count) =>
          counts.push(count),
        );
      listen();
      await ip('addr add 198.51.100.10/24 dev tp0', namespace);
      // While this waits, nobody here reads: the datagrams gather.
      const SEND = `import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(40): s.sendto(b"x" * 100, ("198.51.100.1", 9))`;
      execFileSync('ip', ['netns', 'exec', namespace, 'python3', '-c', SEND]);
      await expect
        .poll(() => counts.reduce((all, each) => all + each, 0), { timeout: 5000 })
        .toBeGreaterThan(39);
      expect(Math.max(...counts)).toBeLessThanOrEqual((limit - room) / 128 + 1);
      expect(octets.subarray(limit).every((octet) => octet === 0)).toBe(true);
      expect(listen).toThrow(code('EALREADY'));
    }));
});

describeKernel('a place for what the addon gathers', [], () => {
  const LIMIT = 1024;
  const listening = (device: Handle, size: number): void =>
    loadAddon().listen(
      device,
      new Uint8Array(size),
      LIMIT,
      512,
      new Uint32Array(4),
      new Uint32Array(4),
      () => {},
    );

  it('is behind what is read, with as much room', () =>
    withDevice(VIRTIO.flag, (device) => {
      const gather = (at: number) => () => loadAddon().gather(device, at);
      expect(gather(LIMIT)).toThrow(code('EINVAL'));
      listening(device, 2 * LIMIT + 64);
      for (const at of [64, LIMIT - 64, LIMIT + 1, LIMIT + 128, 2 ** 32 - 64])
        expect(gather(at)).toThrow(code('ERANGE'));
      for (const at of [LIMIT, LIMIT + 64, 0]) expect(gather(at)).not.toThrow();
    }));

  it('is of no use to a device without headers', () =>
    withDevice(0, (device) => {
      listening(device, 2 * LIMIT);
      expect(() => loadAddon().gather(device, LIMIT)).toThrow(code('EINVAL'));
    }));
});

describeKernel('the addon', [], () => {
  it('cuts no name and no path', () =>
    withDevice(0, (_, namespace) => {
      const addon = loadAddon();
      const path = namespacePath(namespace);
      const open = (name: string) => addon.open(path, name, 0, false);
      const { descriptor, name } = open('a-device-of-15-');
      addon.close(descriptor);
      expect(name).toBe('a-device-of-15-');
      expect(() => open('a-device-of-16--')).toThrow(code('ENAMETOOLONG'));
      const long = (length: number) => `/${'./'.repeat(300)}`.slice(0, length - path.length) + path;
      expect(() => addon.openRouteSocket(`${long(511)}x`)).toThrow(code('ENAMETOOLONG'));
      addon.close(addon.openRouteSocket(long(510)));
    }));

  it('gives a name to no namespace that is none, and no setting outside of those of the network', () => {
    const addon = loadAddon();
    expect(() => addon.setting(-1, '../kernel/hostname', undefined)).toThrow(code('EINVAL'));
    expect(() => addon.setting(-1, 'ipv4/none', undefined)).toThrow(code('ENOENT'));
  });

  it('rings for a time that is over by a fraction of a nanosecond, and not for none', async () => {
    const addon = loadAddon();
    const rings = [0, 0];
    const [never, soon] = [0, 1].map((at) => addon.openTimer(() => (rings[at]! += 1))) as [Handle, Handle];
    onTestFinished(() => [never, soon].forEach(addon.close));
    addon.setTimer(never, 0);
    addon.setTimer(soon, 0.25);
    await expect.poll(() => rings, { timeout: 5000 }).toEqual([0, 1]);
  });

  it('gathers answers of any length', () => {
    const dumps = Array.from({ length: 2000 }, linkDumpRequest);
    const answers = loadAddon().exchange(-1, joined(dumps));
    expect(answers.length).toBeGreaterThan(1_000_000);
    expect(messagesOf(answers).filter(({ type }) => type === DONE)).toHaveLength(2000);
  });

  it('asks nothing where one of the requests is longer than what there is', () => {
    const [first, last] = [linkDumpRequest(), linkDumpRequest()];
    new DataView(last.buffer, last.byteOffset).setUint32(0, last.length + 4, true);
    expect(() => loadAddon().exchange(-1, joined([first, last]))).toThrow(code('EINVAL'));
  });

  it('says by a negative number why a question has no answer', () => {
    const addon = loadAddon();
    const socket = addon.openRouteSocket(undefined);
    onTestFinished(() => addon.close(socket));
    expect(addon.ask(socket, new Uint8Array(0), new Uint8Array(64))).toBeLessThan(0);
  });
});

const ADOPT = `
import { readFileSync } from 'node:fs';
import { loadAddon } from '${new URL('../../src/tun/addon.ts', import.meta.url)}';
const flags = () => Number.parseInt(/flags:\\s*(\\d+)/.exec(readFileSync('/proc/self/fdinfo/9', 'utf8'))[1], 8);
try {
  const before = flags();
  const { name } = loadAddon().adopt(9);
  console.log(JSON.stringify({ name, before: before & 0o4000, after: flags() & 0o4000 }));
} catch ({ code }) {
  console.log(code);
}
process.exit(0);`;

describeKernel('a device that somebody hands over open', ['python3'], () => {
  const HAND_OVER = `
import fcntl, os, struct, sys
fd = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", b"tp0", int(sys.argv[1])))
os.dup2(fd, 9)
os.execvp(sys.argv[2], sys.argv[2:])`;
  const adopted = (flags: number) =>
    withNamespace('tpaddon', async (namespace) => {
      const program = [process.execPath, '--import', HOOKS, '--input-type=module', '-e', ADOPT];
      const args = ['netns', 'exec', namespace, 'python3', '-c', HAND_OVER, `${flags}`, ...program];
      return execFileSync('ip', args, { encoding: 'utf8' }).trim();
    });
  const [TUN, NO_PI] = [1, 0x1000];

  it('is not waited for any more', async () => {
    expect(JSON.parse(await adopted(TUN | NO_PI))).toEqual({ name: 'tp0', before: 0, after: 0o4000 });
  });

  it('is refused where datagrams have headers in front of them', async () => {
    expect(await adopted(TUN | NO_PI | VIRTIO.flag)).toBe('EPROTOTYPE');
  });
});
