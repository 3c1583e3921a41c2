import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/failure.js';
import type { Hop } from '../../src/hop.js';
import { parcelOf } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import { Arena } from '../../src/tun/arena.js';
import { openPort } from '../../src/tun/open-port.js';
import type { Port, PortOptions } from '../../src/tun/port.js';
import { describeKernel, ip, namespacePath, run, until, withNamespace } from '../support/kernel.js';
import { udpDatagram } from './datagrams.js';
import { Recorder } from './recorder.js';

describe.each(['native', 'koffi'] as const)('by %s', (backend) => {
  const prefix = `tptun-${backend}`;

  async function opened(namespace: string, more: Partial<PortOptions> = {}) {
    const arena = new Arena();
    const options = { device: 'tp0', namespace: namespacePath(namespace), persistent: false, ...more };
    const port = await openPort(options, arena, [backend]);
    const listener = new Recorder();
    port.start(listener, listener);
    onTestFinished(() => port.close());
    return { port, listener, arena };
  }

  async function openedUp(namespace: string) {
    const all = await opened(namespace);
    await ip('addr add 198.51.100.10/24 dev tp0', namespace);
    await ip('link set tp0 up', namespace);
    await until(() => all.listener.states.includes('up'), 5000, 'up');
    all.listener.states.length = 0;
    return all;
  }

  describeKernel('a port on a device', ['python3', 'ping', 'sysctl'], () => {
    it('makes the device in its namespace, and removes it when it is closed', () =>
      withNamespace(prefix, async (namespace) => {
        const { port } = await opened(namespace);
        expect(port.device).toBe('tp0');
        expect(port.backend).toBe(backend);
        expect(await ip('-o link', namespace)).toContain('tp0');
        expect(existsSync('/sys/class/net/tp0')).toBe(false);
        port.close();
        // A thread of koffi's that waits for the descriptor may keep the device for a moment.
        await until(async () => !(await ip('-o link', namespace)).includes('tp0'), 5000, 'tp0 gone');
      }));

    it('keeps a persistent device, and attaches to it again', () =>
      withNamespace(prefix, async (namespace) => {
        const { port } = await opened(namespace, { persistent: true });
        port.close();
        expect(await ip('-o link', namespace)).toContain('tp0');
        const again = await opened(namespace, { persistent: false });
        again.port.close();
        expect(await ip('-o link', namespace)).toContain('tp0');
      }));

    it('reads what programs send, whole and in order, in bursts', () =>
      withNamespace(prefix, async (namespace) => {
        const { listener } = await openedUp(namespace);
        // While this waits, nobody here reads: the datagrams gather.
        execFileSync('ip', ['netns', 'exec', namespace, 'python3', '-c', sender(200, 100)]);
        await until(() => listener.datagrams.length >= 200, 10_000, '200 datagrams');
        expect(listener.datagrams.map((datagram) => datagram[28])).toEqual(range(200).map((i) => i % 256));
        expect(listener.datagrams.every((datagram) => datagram.length === 128)).toBe(true);
        expect(listener.bursts).toBeLessThan(20);
      }));

    it('counts what it read, what it wrote and what was refused', () =>
      withNamespace(prefix, async (namespace) => {
        const { port } = await openedUp(namespace);
        await run('python3', ['-c', sender(20, 100)], { namespace });
        await until(() => port.traffic.readDatagrams >= 20, 10_000, '20 datagrams');
        const wrong = udpDatagram({ length: 64 });
        wrong[0] = 0x15;
        for (const each of [udpDatagram({ length: 64 }), wrong]) port.take(parcelOf(each), START);
        port.flush(START);
        const { readDatagrams, readSegments, ...written } = port.traffic;
        expect(readSegments).toBe(readDatagrams);
        expect(written).toEqual({ writtenDatagrams: 1, writtenSegments: 1, refusedDatagrams: 1 });
      }));

    it('carries datagrams of 65,535 octets both ways', () =>
      withNamespace(prefix, async (namespace) => {
        const { port, listener } = await openedUp(namespace);
        await ip('link set tp0 mtu 65535', namespace);
        await run('python3', ['-c', sender(40, 65_507)], { namespace });
        await until(() => listener.datagrams.length >= 40, 10_000, '40 long datagrams');
        expect(listener.datagrams.every((datagram) => datagram.length === 65_535)).toBe(true);
        port.take(
          parcelOf(udpDatagram({ length: 65_535 }), 0, () => expect.fail('refused')),
          START,
        );
        port.flush(START);
      }));

    it('writes a flush in order, from the arena and from elsewhere', () =>
      withNamespace(prefix, async (namespace) => {
        const { port, arena } = await openedUp(namespace);
        const listening = run('python3', ['-c', receiver(300)], { namespace });
        await until(() => isListening(namespace), 5000, 'the receiver');
        for (const i of range(300)) {
          const datagram = udpDatagram({ fill: i % 256 });
          if (i % 2 === 0) {
            const octets = arena.allocate(datagram.length);
            octets.set(datagram);
            port.take(parcelOf(octets), START);
          } else {
            port.take(parcelOf(datagram), START);
            datagram.fill(0);
          }
        }
        port.flush(START);
        const { stdout } = await listening;
        expect(JSON.parse(stdout)).toEqual(range(300).map((i) => i % 256));
      }));

    it('takes datagrams that no longer fit into the arena', () =>
      withNamespace(prefix, async (namespace) => {
        const { port, arena } = await openedUp(namespace);
        while (arena.offsetOf(arena.allocate(65_535)) !== undefined);
        while (arena.offsetOf(arena.allocate(40)) !== undefined);
        for (let i = 0; i < 5; i++)
          port.take(
            parcelOf(udpDatagram({ length: 100 }), 0, () => expect.fail('refused')),
            START,
          );
        port.flush(START);
        await until(async () => (await noPorts(namespace)) === 5, 5000, 'five datagrams at a closed port');
      }));

    it('goes on after datagrams that the kernel refuses, and says which', () =>
      withNamespace(prefix, async (namespace) => {
        const { port, listener } = await openedUp(namespace);
        const refused: string[] = [];
        port.take(
          parcelOf(new Uint8Array(40), 0, (reason) => refused.push(`version ${reason}`)),
          START,
        );
        port.take(
          parcelOf(new Uint8Array(0), 0, (reason) => refused.push(`empty ${reason}`)),
          START,
        );
        port.take(
          parcelOf(udpDatagram(), 0, (reason) => refused.push(`good ${reason}`)),
          START,
        );
        port.flush(START);
        expect(refused).toEqual(['version device-refused', 'empty device-refused']);
        expect(listener.states).toEqual([]);
        await until(async () => (await noPorts(namespace)) === 1, 5000, 'the good one');
      }));

    it('sends an answer to a refusal with the same flush', () =>
      withNamespace(prefix, async (namespace) => {
        const { port } = await openedUp(namespace);
        port.take(
          parcelOf(new Uint8Array(40), 0, () => port.take(parcelOf(udpDatagram()), START)),
          START,
        );
        port.flush(START);
        await until(async () => (await noPorts(namespace)) === 1, 5000, 'the answer');
      }));

    it('notices down, up and another MTU without any traffic', () =>
      withNamespace(prefix, async (namespace) => {
        const { port, listener } = await openedUp(namespace);
        await ip('link set tp0 down', namespace);
        await until(() => listener.states.length === 1, 5000, 'down');
        expect(port.isUp()).toBe(false);
        await ip('link set tp0 up', namespace);
        await until(() => listener.states.length === 2, 5000, 'up');
        expect(port.isUp()).toBe(true);
        await ip('link set tp0 mtu 1280', namespace);
        await until(() => listener.mtus.length === 1, 5000, 'MTU');
        expect(listener.states).toEqual(['down', 'up']);
        expect(listener.mtus).toEqual([1280]);
      }));

    it('still knows its device when that was renamed', () =>
      withNamespace(prefix, async (namespace) => {
        const { listener } = await openedUp(namespace);
        await until(async () => true, 100, 'nothing');
        await ip('link set tp0 name other', namespace);
        await ip('link set other mtu 1300', namespace);
        await until(() => listener.mtus.length === 1, 5000, 'MTU');
      }));

    it('refuses with link-down while the device is down, and tells that once', () =>
      withNamespace(prefix, async (namespace) => {
        const { port, listener } = await opened(namespace);
        const refused: string[] = [];
        for (let i = 0; i < 3; i++) {
          port.take(
            parcelOf(udpDatagram(), 0, (reason) => refused.push(reason)),
            START,
          );
          port.flush(START);
        }
        expect(refused).toEqual(['link-down', 'link-down', 'link-down']);
        expect(listener.states).toEqual([]);
        await ip('link set tp0 up', namespace);
        await until(() => listener.states.at(-1) === 'up', 5000, 'up');
        await run('ip', ['link', 'set', 'tp0', 'down'], { namespace });
        port.take(
          parcelOf(udpDatagram(), 0, (reason) => refused.push(reason)),
          START,
        );
        port.flush(START);
        await until(() => listener.states.at(-1) === 'down', 5000, 'down');
        // On a busy machine, that it was down at the start may be heard of after it has come up.
        for (const [at, state] of listener.states.entries()) expect(state).not.toBe(listener.states[at - 1]);
      }));

    it('is gone once its device is deleted, and refuses what comes then', () =>
      withNamespace(prefix, async (namespace) => {
        const { port, listener } = await openedUp(namespace);
        await ip('link del tp0', namespace);
        await until(() => listener.states.at(-1) === 'gone', 5000, 'gone');
        const refused: string[] = [];
        port.take(
          parcelOf(udpDatagram(), 0, (reason) => refused.push(reason)),
          START,
        );
        port.flush(START);
        expect(refused).toEqual(['link-down']);
        expect(port.isUp()).toBe(false);
        port.close();
      }));

    it('takes up a device of its name that is made again, with its addresses, and no other kind of device', () =>
      withNamespace(prefix, async (namespace) => {
        const { port, listener } = await openedUp(namespace);
        const addresses: (readonly number[])[] = [];
        Object.assign(listener, { addressesChanged: (all: readonly number[]) => addresses.push(all) });
        await ip('link del tp0', namespace);
        await until(() => listener.states.at(-1) === 'gone', 5000, 'gone');
        await ip('tuntap add dev tp0 mode tap', namespace);
        await ip('link set tp0 up', namespace);
        await ip('link del tp0', namespace);
        expect(listener.states.at(-1)).toBe('gone');
        await ip('tuntap add dev tp0 mode tun', namespace);
        await ip('addr add 198.51.100.11/24 dev tp0', namespace);
        await ip('link set tp0 up', namespace);
        await until(() => listener.states.at(-1) === 'up', 5000, 'up again');
        await until(() => addresses.at(-1)?.join() === `${0xc633640b}`, 5000, 'its address');
        listener.datagrams.length = 0;
        // A kernel takes up to a second to use a device that was set up before anybody held its other end.
        await until(
          async () => {
            await run('ping', ['-c', '1', '-W', '0.1', '198.51.100.20'], { namespace });
            return listener.datagrams.length > 0;
          },
          5000,
          'a datagram from it',
        );
        port.take(
          parcelOf(udpDatagram(), 0, () => expect.fail('refused')),
          START,
        );
        port.flush(START);
        // Whoever made it keeps it.
        port.close();
        expect(await ip('-o link', namespace)).toContain('tp0');
      }));

    it('finds out by a write that the device was deleted', () =>
      withNamespace(prefix, async (namespace) => {
        const { port, listener } = await openedUp(namespace);
        const { execFileSync } = await import('node:child_process');
        execFileSync('ip', ['-n', namespace, 'link', 'del', 'tp0']);
        const refused: string[] = [];
        port.take(
          parcelOf(udpDatagram(), 0, (reason) => refused.push(reason)),
          START,
        );
        port.flush(START);
        expect(refused).toEqual(['link-down']);
        expect(listener.states).toEqual(['gone']);
      }));

    it('says that a device is in use, with exit code 6', () =>
      withNamespace(prefix, async (namespace) => {
        await opened(namespace);
        const second = opened(namespace);
        await expect(second).rejects.toThrow(/tp0 is in use by another process/);
        await expect(second).rejects.toMatchObject({ exitCode: 6 });
      }));

    it('says what stands in the way of a name', () =>
      withNamespace(prefix, async (namespace) => {
        await ip('tuntap add dev tap0 mode tap', namespace);
        await ip('tuntap add dev mq0 mode tun multi_queue', namespace);
        await expect(opened(namespace, { device: 'lo' })).rejects.toThrow(/lo exists and is the loopback/);
        await expect(opened(namespace, { device: 'tap0' })).rejects.toThrow(/is a TAP device/);
        await expect(opened(namespace, { device: 'mq0' })).rejects.toThrow(/is a multi-queue TUN device/);
        await expect(opened(namespace, { device: 'a-name-too-long0' })).rejects.toThrow(/16 octets/);
        await expect(opened('tptun-nowhere')).rejects.toThrow(/tptun-nowhere does not exist/);
        await expect(opened('tptun-nowhere')).rejects.toBeInstanceOf(Failure);
      }));

    it('leaves this process in its own namespace, also where opening fails', async () => {
      const here = await run('readlink', ['/proc/self/ns/net']);
      await withNamespace(prefix, async (namespace) => {
        await opened(namespace);
        await expect(opened(namespace, { device: 'lo' })).rejects.toThrow();
      });
      expect((await run('readlink', ['/proc/self/ns/net'])).stdout).toBe(here.stdout);
    });

    it('calls nobody back after it was closed, not even within a burst', () =>
      withNamespace(prefix, async (namespace) => {
        const arena = new Arena();
        const port: Port = await openPort(
          { device: 'tp0', namespace: namespacePath(namespace), persistent: true },
          arena,
          [backend],
        );
        const calls: string[] = [];
        const into: Hop = {
          take({ octets }) {
            if (octets[0]! >> 4 !== 4) return;
            calls.push('receive');
            port.close();
          },
        };
        port.start(into, {
          burstBegins: () => START,
          burstDone: () => calls.push('burstDone'),
          waits: () => {},
          stateChanged: (state) => calls.push(state),
          mtuChanged: () => calls.push('mtu'),
        });
        await ip('addr add 198.51.100.10/24 dev tp0', namespace);
        await ip('link set tp0 up', namespace);
        await until(() => calls.includes('up'), 5000, 'up');
        await run('python3', ['-c', sender(50, 100)], { namespace });
        await until(() => calls.includes('receive'), 5000, 'a datagram');
        await ip('link set tp0 mtu 1300', namespace);
        await run('sleep', ['0.05']);
        expect(calls.filter((call) => call !== 'burstDone')).toEqual(['up', 'receive']);
      }));

    it('shares the thread pool with file access when many devices are open', () =>
      withNamespace(prefix, async (namespace) => {
        for (const i of range(6)) await opened(namespace, { device: `tp${i}` });
        const { readFile } = await import('node:fs/promises');
        await Promise.all(range(8).map(() => readFile('/proc/self/stat')));
        await new Promise<void>((resolve) => createSocket('udp4').bind(0, '127.0.0.1').close(resolve));
      }));
  });
});

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Sends datagrams of so many octets of payload, the first of which counts. */
const sender = (count: number, length: number): string =>
  `import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
for i in range(${count}): s.sendto(bytes([i % 256]) * ${length}, ("198.51.100.1", 9))`;

const receiver = (count: number): string =>
  `import socket, json
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
s.bind(("0.0.0.0", 12345)); s.settimeout(5)
print(json.dumps([s.recv(70000)[0] for i in range(${count})]))`;

const isListening = async (namespace: string): Promise<boolean> =>
  (await run('cat', ['/proc/net/udp'], { namespace })).stdout.includes(':3039 ');

/** How many datagrams reached the namespace's UDP and found nobody. */
const noPorts = async (namespace: string): Promise<number> =>
  Number(/^Udp: \d+ (\d+)/m.exec((await run('cat', ['/proc/net/snmp'], { namespace })).stdout)?.[1]);
