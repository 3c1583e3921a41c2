import { execFileSync } from 'node:child_process';
import { eachDatagram } from '../../../src/offload/segmentation.js';
import { type Parcel, parcelOf } from '../../../src/parcel.js';
import { START } from '../../../src/time.js';
import type { Arena } from '../../../src/tun/arena.js';
import type { openPort } from '../../../src/tun/open-port.js';
import type { Port, PortListener } from '../../../src/tun/port.js';
import { datagram } from '../../support/datagram.js';

/** The parts of the program by which devices are reached. */
export interface Program {
  readonly Arena: typeof Arena;
  readonly openPort: typeof openPort;
}

/** What became of a burst that was written to a device. */
export interface Told {
  /** What the kernel sent out of a device without offload, in order: it took apart and completed by itself. */
  readonly plain: Uint8Array[];
  /** What the kernel handed out of a device with offload, as it was read. */
  readonly offloaded: Parcel[];
}

/** How long the kernel may take, in milliseconds. */
const PATIENCE = 5000;
/** Longer than any burst. */
const QUEUE = 5000;
/** What nothing of a burst is: so is known when all of it has come. */
const MARKER_PROTOCOL = 253;

/** Datagrams in the order in which a port is given them. */
class Reader implements PortListener {
  parcels: Parcel[] = [];
  #arrived: (() => void) | undefined;

  take(parcel: Parcel): void {
    if (parcel.octets[0]! >> 4 === 4) this.parcels.push({ ...parcel, octets: parcel.octets.slice() });
  }

  burstBegins = () => START;
  waits(): void {}
  stateChanged(): void {}
  mtuChanged(): void {}

  burstDone(): void {
    if (this.parcels.at(-1)?.octets[9] === MARKER_PROTOCOL) this.#arrived?.();
  }

  /** What has come until the marker. */
  async untilMarker(): Promise<Parcel[]> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      if (this.parcels.at(-1)?.octets[9] === MARKER_PROTOCOL) return resolve();
      this.#arrived = resolve;
      timer = setTimeout(() => reject(new Error('the kernel handed nothing out')), PATIENCE);
    });
    clearTimeout(timer);
    this.#arrived = undefined;
    return this.parcels.splice(0).slice(0, -1);
  }
}

/**
 * The kernel as the judge: three devices in a namespace of their own. What is written to the first, the kernel sends out
 * of the other two before any of its IP has seen it; one of them has no offload, so that it takes apart, by itself, what
 * was written.
 */
export class Oracle {
  /** The device that is written to. */
  readonly port: Port;
  readonly #arena: Arena;
  readonly #namespace: string;
  readonly #readers: readonly [plain: Reader, offloaded: Reader];
  readonly #ports: readonly Port[];

  private constructor(
    namespace: string,
    arena: Arena,
    ports: readonly Port[],
    readers: readonly [Reader, Reader],
  ) {
    this.#arena = arena;
    this.port = ports[0]!;
    this.#namespace = namespace;
    this.#ports = ports;
    this.#readers = readers;
  }

  /** Opens the devices, the first with these offloads; needs root, and `ip` and `tc`. */
  static async open({ Arena, openPort }: Program, wish: 'off' | 'tcp' | 'all' = 'all'): Promise<Oracle> {
    const namespace = `tporacle${process.pid}n${serial++}`;
    const on = (program: string, words: string): void =>
      void execFileSync(program, ['-n', namespace, ...words.split(' ')], { stdio: 'pipe' });
    execFileSync('ip', ['netns', 'add', namespace]);
    const ports: Port[] = [];
    const arena = new Arena();
    try {
      execFileSync('ip', [
        ...['netns', 'exec', namespace, 'sysctl', '-qw'],
        'net.ipv6.conf.default.disable_ipv6=1',
      ]);
      for (const [device, offload] of [
        ['tp0', wish],
        ['tp1', 'off'],
        ['tp2', 'all'],
      ] as const) {
        const wanted = { device, namespace: `/run/netns/${namespace}`, persistent: false, offload };
        ports.push(await openPort(wanted, device === 'tp0' ? arena : new Arena(), ['native']));
        on('ip', `link set ${device} mtu 1500 txqueuelen ${QUEUE} up`);
      }
      on('tc', 'qdisc add dev tp0 clsact');
      const all = 'filter add dev tp0 ingress protocol all u32 match u32 0 0 action mirred egress';
      on('tc', `${all} mirror dev tp1 pipe action mirred egress redirect dev tp2`);
      const readers = [new Reader(), new Reader()] as const;
      ports[0]!.start({ take: () => {} }, new Reader());
      ports[1]!.start(readers[0], readers[0]);
      ports[2]!.start(readers[1], readers[1]);
      return new Oracle(namespace, arena, ports, readers);
    } catch (error) {
      for (const port of ports) port.close();
      execFileSync('ip', ['netns', 'del', namespace]);
      throw error;
    }
  }

  /** Writes parcels at once, and gives what the kernel has made of them; throws where it has refused one. */
  async tell(parcels: readonly Parcel[]): Promise<Told> {
    const marker = { ...parcelOfMarker, octets: parcelOfMarker.octets.slice() };
    const refusals: string[] = [];
    const refused = (reason: string): void => void refusals.push(reason);
    for (const each of [...parcels, marker])
      this.port.take({ ...each, octets: each.octets.slice(), refused }, START);
    this.port.flush(START);
    this.#arena.reset();
    if (refusals.length > 0) throw new Error(`the device refused ${refusals.length}: ${refusals[0]}`);
    const [plain, offloaded] = await Promise.all(this.#readers.map((each) => each.untilMarker()));
    return { plain: plain!.map(({ octets }) => octets), offloaded: offloaded! };
  }

  close(): void {
    for (const port of this.#ports) port.close();
    execFileSync('ip', ['netns', 'del', this.#namespace]);
  }
}

let serial = 0;

const parcelOfMarker = parcelOf(datagram({ protocol: MARKER_PROTOCOL }));

/** The datagrams that parcels stand for, complete, as our own segmentation makes them. */
export const madeOf = (parcels: readonly Parcel[]): Uint8Array[] => {
  const all: Uint8Array[] = [];
  for (const each of parcels)
    eachDatagram(
      each,
      (length) => new Uint8Array(length),
      ({ octets }) => all.push(octets),
    );
  return all;
};
