import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parcelOf } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import type { Port } from '../../src/tun/port.js';
import type { LinkChange } from '../../src/tun/rtnetlink.js';
import { openTuntap2Port, type Tuntap2Environment } from '../../src/tun/tuntap2-port.js';
import { udpDatagram } from './datagrams.js';
import { Recorder } from './recorder.js';

/** Stands in for the package, with its faults: generated names, dropped callbacks, death at the first bad write. */
class StandIn extends EventEmitter {
  static made: StandIn[] = [];
  readonly name = `tun${StandIn.made.length}`;
  readonly written: Uint8Array[] = [];
  writableNeedDrain = false;
  released = false;

  constructor() {
    super();
    StandIn.made.push(this);
  }

  write(datagram: Uint8Array, encoding?: unknown, callback?: () => void): boolean {
    if (typeof encoding === 'function') return true;
    if (datagram[0]! >> 4 !== 4) {
      this.die();
      return false;
    }
    this.written.push(datagram);
    callback?.();
    return true;
  }

  die(): void {
    this.emit('error', new Error('EIO'));
    this.emit('close');
  }

  release(): void {
    this.released = true;
    this.emit('close');
  }
}

interface World extends Tuntap2Environment {
  readonly commands: string[];
  readonly lines: string[];
  changed(change: Partial<LinkChange>): void;
}

function world(more: Partial<Tuntap2Environment> = {}): World {
  const commands: string[] = [];
  const lines: string[] = [];
  let told: (change: LinkChange) => void = () => {};
  return {
    commands,
    lines,
    importer: async () => ({ LinuxTun: StandIn }),
    threads: 8,
    ip(args, namespace, input) {
      commands.push(`${namespace ?? '-'}: ${args.join(' ')}${input === undefined ? '' : ` < ${input}`}`);
      if (args[1] === 'link') return JSON.stringify([{ flags: ['UP'] }]);
      if (args[1] === 'addr') {
        return JSON.stringify([
          {
            mtu: 1400,
            flags: ['UP'],
            addr_info: [{ family: 'inet', local: '198.51.100.10', prefixlen: 24 }],
          },
        ]);
      }
      return args[1] === 'route' ? 'default via 198.51.100.1 linkdown \n' : '';
    },
    monitor(_namespace, changed) {
      told = changed;
      return { close: () => commands.push('monitor closed') };
    },
    changed: (change) => told({ index: 7, name: 'tp0', isUp: true, mtu: 1500, deleted: false, ...change }),
    ...more,
  };
}

describe('the tuntap2 adapter', () => {
  const ports: Port[] = [];
  beforeEach(() => {
    StandIn.made = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    for (const port of ports.splice(0)) port.close();
    vi.useRealTimers();
  });

  async function opened(environment: World, device = 'tp0') {
    const warn = (line: string): void => void environment.lines.push(line);
    const options = { device, namespace: '/run/netns/a', persistent: false, warn };
    const port = await openTuntap2Port(options, environment);
    ports.push(port);
    const listener = new Recorder();
    port.start(listener, listener);
    return { port, listener, tun: StandIn.made.at(-1)! };
  }

  it('moves the device that the package made and gives it our name', async () => {
    const environment = world();
    await opened(environment);
    expect(environment.commands.slice(0, 3)).toEqual([
      '-: link set dev tun0 down',
      '-: link set dev tun0 netns /run/netns/a',
      '/run/netns/a: link set dev tun0 name tp0',
    ]);
    expect(environment.lines).toEqual([
      "tun backend tuntap2: about 1/13 of the native backend's packet rate",
    ]);
  });

  it('carries datagrams both ways', async () => {
    const { port, listener, tun } = await opened(world());
    tun.emit('data', udpDatagram({ fill: 1 }));
    expect(listener.datagrams).toHaveLength(1);
    expect(listener.bursts).toBe(1);
    const datagram = udpDatagram({ fill: 2 });
    port.take(
      parcelOf(datagram, 0, () => expect.fail('refused')),
      START,
    );
    datagram.fill(0);
    port.flush(START);
    expect(tun.written).toEqual([udpDatagram({ fill: 2 })]);
  });

  it('never writes what would end the device', async () => {
    const environment = world();
    const { port, tun } = await opened(environment);
    const refused: string[] = [];
    const flush = (datagram: Uint8Array): void => {
      port.take(
        parcelOf(datagram, 0, (reason) => refused.push(reason)),
        START,
      );
      port.flush(START);
    };
    flush(new Uint8Array(40));
    flush(new Uint8Array(0));
    flush(udpDatagram({ length: 1501 }));
    tun.writableNeedDrain = true;
    flush(udpDatagram());
    environment.changed({ isUp: false });
    flush(udpDatagram());
    expect(refused).toEqual([...Array(4).fill('device-refused'), 'link-down']);
    expect(tun.written).toEqual([]);
  });

  it('tells what becomes of the device', async () => {
    const environment = world();
    const { listener } = await opened(environment);
    environment.changed({ isUp: false });
    environment.changed({ isUp: true, mtu: 1300 });
    environment.changed({ name: 'other', isUp: false });
    expect(listener.states).toEqual(['down', 'up']);
    expect(listener.mtus).toEqual([1300]);
  });

  it('opens a dead device again with its settings, later and later', async () => {
    let fails = 0;
    const environment = world({
      importer: async () => ({
        default: {
          Tun: class extends StandIn {
            constructor() {
              super();
              if (StandIn.made.length > 1 && fails++ < 2) throw new Error('not yet');
            }
          },
        },
      }),
    });
    const { port, listener, tun } = await opened(environment);
    tun.die();
    expect(listener.states).toEqual(['down']);
    expect(tun.released).toBe(true);
    expect(environment.commands).toContain('/run/netns/a: link del dev tp0');
    await vi.advanceTimersByTimeAsync(100 + 200);
    expect(listener.states).toEqual(['down']);
    await vi.advanceTimersByTimeAsync(400);
    expect(listener.states).toEqual(['down', 'up']);
    expect(environment.commands.find((command) => command.includes('-batch'))).toContain(
      'link set dev tp0 mtu 1400\naddr replace 198.51.100.10/24 dev tp0\nlink set dev tp0 up\nroute replace default via 198.51.100.1 dev tp0',
    );
    port.take(
      parcelOf(udpDatagram(), 0, () => expect.fail('refused')),
      START,
    );
    port.flush(START);
    expect(StandIn.made.at(-1)!.written).toHaveLength(1);
  });

  it('deletes the interface before it lets the device go', async () => {
    const environment = world();
    const { port, tun, listener } = await opened(environment);
    port.close();
    expect(environment.commands.slice(-2)).toEqual(['monitor closed', '/run/netns/a: link del dev tp0']);
    expect(tun.released).toBe(true);
    expect(listener.states).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(StandIn.made).toHaveLength(1);
  });

  it('opens no more devices than leave two threads to the rest of the program', async () => {
    const environment = world({ threads: 4 });
    await opened(environment, 'tp0');
    await opened(environment, 'tp1');
    await expect(opened(environment, 'tp2')).rejects.toThrow(
      '3 devices need UV_THREADPOOL_SIZE >= 5 (now 4)',
    );
    ports.pop()!.close();
    await opened(environment, 'tp2');
  });

  it.each([
    [
      'absent',
      Object.assign(new Error("Cannot find package 'tuntap2'"), { code: 'ERR_MODULE_NOT_FOUND' }),
      'it is not installed',
    ],
    [
      'in need of another module',
      Object.assign(new Error("Cannot find package 'bindings'"), { code: 'ERR_MODULE_NOT_FOUND' }),
      "Cannot find package 'bindings'",
    ],
    ['broken', new Error('wrong ELF class'), 'wrong ELF class'],
  ])('says that the package is %s', async (_what, error, message) => {
    const importer = () => Promise.reject(error);
    await expect(opened(world({ importer }))).rejects.toThrow(`tuntap2 cannot be loaded: ${message}`);
  });

  it('makes no persistent devices', async () => {
    const options = { device: 'tp0', namespace: undefined, persistent: true };
    await expect(openTuntap2Port(options, world())).rejects.toMatchObject({ exitCode: 4 });
  });
});
