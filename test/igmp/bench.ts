import { formatAddress, prefixOf, UNSPECIFIED } from '../../src/address.js';
import type { DropReason } from '../../src/drop-reason.js';
import type { Event } from '../../src/event.js';
import { type GroupView, groupViews } from '../../src/igmp/group-view.js';
import { IgmpInterface } from '../../src/igmp/igmp-interface.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../../src/igmp/settings.js';
import { Work } from '../../src/igmp/work.js';
import { type Interface, interfaceState, UNBOUNDED } from '../../src/interface.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight, uint16, uint32, writeUint16 } from '../../src/ip/octets.js';
import { seededRandom } from '../../src/random.js';
import { duration, instant, milliseconds, START } from '../../src/time.js';
import { type DatagramFields, datagram, ip } from '../support/datagram.js';

export const ROUTER_ALERT = [0x94, 4, 0, 0];
export const HOST = '192.0.2.10';
export const G = '239.1.1.1';
export const S1 = '203.0.113.1';
export const S2 = '203.0.113.2';
export const S3 = '203.0.113.3';

const TYPES = { 'is-in': 1, 'is-ex': 2, 'to-in': 3, 'to-ex': 4, allow: 5, block: 6 } as const;
export type Say = readonly [type: keyof typeof TYPES | number, group: string, sources?: readonly string[]];

/** An IGMP datagram from HOST, as Linux would send it; the checksum is made right unless `raw`. */
export const igmpDatagram = (payload: number[], fields: DatagramFields = {}, raw = false): Uint8Array => {
  const message = Uint8Array.from(payload);
  if (!raw) {
    let total = 0;
    for (let at = 0; at < message.length; at += 2)
      if (at !== 2) total += (message[at]! << 8) | (message[at + 1] ?? 0);
    while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
    writeUint16(message, 2, ~total & 0xffff);
  }
  const fixed = { source: HOST, protocol: 2, ttl: 1, tos: 0xc0, options: ROUTER_ALERT, flags: 0x4000 };
  return datagram({ ...fixed, ...fields, payload: message });
};

const quad = (address: string): number[] => address.split('.').map(Number);

export const report = (records: readonly Say[], fields: DatagramFields = {}): Uint8Array =>
  igmpDatagram(
    [
      ...[0x22, 0, 0, 0, 0, 0, records.length >> 8, records.length & 255],
      ...records.flatMap(([type, group, sources = []]) => [
        ...[typeof type === 'number' ? type : TYPES[type], 0, sources.length >> 8, sources.length & 255],
        ...[...quad(group), ...sources.flatMap(quad)],
      ]),
    ],
    { destination: '224.0.0.22', ...fields },
  );

export const v1Report = (group: string, fields: DatagramFields = {}): Uint8Array =>
  igmpDatagram([0x12, 0, 0, 0, ...quad(group)], { destination: group, ...fields });
export const v2Report = (group: string, fields: DatagramFields = {}): Uint8Array =>
  igmpDatagram([0x16, 0, 0, 0, ...quad(group)], { destination: group, ...fields });
export const v2Leave = (group: string, fields: DatagramFields = {}): Uint8Array =>
  igmpDatagram([0x17, 0, 0, 0, ...quad(group)], { destination: '224.0.0.2', ...fields });

export interface QuerySays {
  readonly version?: 1 | 2 | 3;
  readonly group?: string;
  readonly sources?: readonly string[];
  readonly code?: number;
  readonly s?: boolean;
  readonly qrv?: number;
  readonly qqic?: number;
}

/** A query from another router, a general one unless told. */
export const query = (source: string, says: QuerySays = {}, fields: DatagramFields = {}): Uint8Array => {
  const { version = 3, group = '0.0.0.0', sources = [], qrv = 2, qqic = 125, s = false } = says;
  const code = says.code ?? (version === 1 ? 0 : 100);
  const short = [0x11, code, 0, 0, ...quad(group)];
  const long = [(s ? 8 : 0) | qrv, qqic, 0, sources.length, ...sources.flatMap(quad)];
  return igmpDatagram(version === 3 ? [...short, ...long] : short, {
    source,
    destination: group === '0.0.0.0' ? '224.0.0.1' : group,
    ...fields,
  });
};

/** A message that the interface sent, read by hand. */
export interface Sent {
  readonly at: number;
  readonly datagram: Uint8Array;
  readonly message: Uint8Array;
  /** `Q()`, `Q(G)`, `Q(G,S…)`, with `!` where suppressed; else the type in hex. */
  readonly text: string;
}

const short = (address: number): string => {
  const text = formatAddress(address);
  return text === G ? 'G' : text.replace('203.0.113.', 'S');
};

const textOf = (message: Uint8Array): string => {
  if (message[0] !== 0x11) return `0x${message[0]!.toString(16)} ${formatAddress(uint32(message, 4))}`;
  const group = uint32(message, 4);
  const count = message.length >= 12 ? uint16(message, 10) : 0;
  const sources = Array.from({ length: count }, (_, at) => short(uint32(message, 12 + 4 * at)));
  const suppressed = message.length >= 12 && (message[8]! & 8) !== 0 ? '!' : '';
  return `Q(${[group === 0 ? '' : short(group), ...sources].join(',')})${suppressed}`;
};

const ENDLESS = duration(Number.POSITIVE_INFINITY);
/** Work without an end: everything is done at once. */
export const boundless = (): Work => new Work({ atOnce: ENDLESS, share: ENDLESS });

/** An interface with this address, or with none where that is 0.0.0.0; it is up. */
export const interfaceAt = (own: string, wire: Partial<Interface['wire']> = {}): Interface => ({
  ...interfaceState(),
  router: 'r1',
  name: 'r1.red',
  link: 'red',
  index: 1,
  serial: 1,
  addresses: ip(own) === UNSPECIFIED ? [] : [{ address: ip(own), prefix: prefixOf(ip(own), 24) }],
  mtu: 1500,
  up: true,
  forwarding: true,
  scope: UNBOUNDED,
  wire: { resolve: () => ({ take: () => {} }), ...wire },
});

/** An interface 192.0.2.1/24 on a link of its own, in virtual time; it is up, and its first query has gone out. */
export class Bench {
  readonly sent: Sent[] = [];
  readonly events: Extract<Event, { type: 'igmp' }>[] = [];
  readonly changed: string[] = [];
  readonly warnings: string[] = [];
  /** Whose messages the warnings are about. */
  readonly warners: string[] = [];
  readonly interface: Interface;
  readonly igmp: IgmpInterface;
  /** How often somebody was elected. */
  elections = 0;
  now = START;

  constructor(settings: Partial<IgmpSettings> = {}, own = '192.0.2.1', role: 'router' | 'host' = 'router') {
    this.interface = interfaceAt(own);
    this.igmp = new IgmpInterface(
      { ...DEFAULT_IGMP_SETTINGS, ...settings },
      {
        interface: this.interface,
        role,
        random: seededRandom(1),
        work: boundless(),
        isForwarding: () => this.interface.forwarding,
        observer: {
          wants: () => true,
          notify: (event) => {
            if (event.type !== 'igmp') return;
            if (event.event !== 'warning') return void this.events.push(event);
            this.warnings.push(event.why!);
            this.warners.push(formatAddress(event.reporter!));
          },
        },
        send: (octets, destination, at) => {
          if (ipv4.destination(octets) !== destination) throw new Error('sent to somebody else');
          const message = octets.subarray(ipv4.headerLength(octets));
          if (!isChecksumRight(message, 0, message.length)) throw new Error('sent with a bad checksum');
          this.sent.push({ at, datagram: octets, message, text: textOf(message) });
        },
        elected: () => {
          this.elections += 1;
        },
        changed: (group) => this.changed.push(group === undefined ? 'any' : formatAddress(group)),
      },
    );
    this.igmp.up(this.now);
  }

  hear(...datagrams: readonly Uint8Array[]): (string | undefined)[] {
    return datagrams.map((each) => this.receive(each));
  }

  say(...records: readonly Say[]): string | undefined {
    return this.receive(report(records));
  }

  /** Takes a datagram whole; returns the reason if it was refused. */
  receive(octets: Uint8Array): DropReason | undefined {
    const outcome = this.igmp.receive(octets, this.now);
    if (typeof outcome === 'object') throw new Error('a report was not taken whole');
    return outcome;
  }

  /** Lets time go by until this many milliseconds after the start, doing what becomes due on the way. */
  until(end: number): this {
    for (let next = this.igmp.nextDeadline(); next <= end; next = this.igmp.nextDeadline()) {
      if (next < this.now) throw new Error('the deadline is in the past');
      this.now = next;
      this.igmp.poll(next);
      if (this.igmp.nextDeadline() <= next) throw new Error('the deadline does not move on');
    }
    this.now = instant(end);
    return this;
  }

  after(wait: number): this {
    return this.until(this.now + wait);
  }

  /** What was asked since `from`, by time relative to it; general queries are left out. */
  asked(from: number): string[] {
    return this.sent
      .filter((each) => each.at >= from && each.text !== 'Q()')
      .map(({ at, text }) => `${Math.round(at - from)} ${text}`);
  }

  generalQueries(): number[] {
    return this.sent.filter((each) => each.text === 'Q()').map(({ at }) => at);
  }

  forwards(source: string, group = G): boolean {
    return this.igmp.forwards(ip(group), ip(source));
  }

  view(group = G): GroupView | undefined {
    return groupViews(this.igmp.memberships, this.now).find((each) => each.group === ip(group));
  }

  /** `EX({1@270},{2})`: requested sources with the seconds that are left, and excluded ones; undefined for no group. */
  state(group = G): string | undefined {
    const view = this.view(group);
    if (view === undefined) return undefined;
    const name = (address: number): string => `${address & 255}`;
    const running = view.sources.filter(({ expires }) => expires !== undefined);
    const x = running.map(({ address, expires }) => `${name(address)}@${expires! / 1000}`).join(',');
    if (view.filterMode === 'include') return `IN({${x}})`;
    const y = view.sources.filter(({ expires }) => expires === undefined).map(({ address }) => name(address));
    return `EX({${x}},{${y.join(',')}})@${(view.expires ?? milliseconds(0)) / 1000}`;
  }
}

/** A change of some octets of a message, its checksum made right again. */
export const altered = (octets: Uint8Array, at: number, ...values: readonly number[]): Uint8Array => {
  const copy = octets.slice();
  copy.set(values, at);
  const start = ipv4.headerLength(copy);
  return igmpDatagram([...copy.subarray(start)], {
    source: ipv4.source(copy),
    destination: ipv4.destination(copy),
  });
};
