import type { DropRow, InterfaceRow, LinkRow, Status } from '../observe/shown.js';

/** What was read of a lab at one time. */
export interface Reading {
  /** In milliseconds, by a clock that only goes forward. */
  readonly at: number;
  readonly status: Status;
  readonly interfaces: readonly InterfaceRow[];
  readonly links: readonly LinkRow[];
  readonly drops: readonly DropRow[];
}

/** Traffic of a router's interface, each a second. */
export interface Traffic {
  readonly inBits: number;
  readonly outBits: number;
  readonly inPackets: number;
  readonly outPackets: number;
}

/** How fast things were between two readings; each a second. */
export interface Rates {
  /** By interface. */
  readonly traffic: ReadonlyMap<string, Traffic>;
  /** Of drops, by reason. */
  readonly drops: ReadonlyMap<string, number>;
  /** Of drops, by router and by `link NAME`: where they were. */
  readonly places: ReadonlyMap<string, number>;
  /** Of drops, by what {@link rowOf} names. */
  readonly rows: ReadonlyMap<string, number>;
  /** What the routers have forwarded. */
  readonly forwarded: number;
}

/** No traffic at all. */
export const IDLE: Traffic = { inBits: 0, outBits: 0, inPackets: 0, outPackets: 0 };

/** Whether two readings are of the same run of a lab. */
export const isSameRun = (a: Reading, b: Reading): boolean =>
  a.status.pid === b.status.pid && a.status.uptimeSeconds <= b.status.uptimeSeconds;

/** How fast things were from one reading to the next; a counter that begins again counts from zero. */
export const ratesBetween = (before: Reading, after: Reading): Rates => {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const perSecond = (from: number, to: number): number => Math.max(0, to - from) / seconds;
  const earlier = new Map(before.interfaces.map((row) => [row.interface, row]));
  const traffic = new Map<string, Traffic>();
  for (const row of after.interfaces) {
    const then = earlier.get(row.interface) ?? row;
    traffic.set(row.interface, {
      inBits: 8 * perSecond(then.inOctets, row.inOctets),
      outBits: 8 * perSecond(then.outOctets, row.outOctets),
      inPackets: perSecond(then.inPackets, row.inPackets),
      outPackets: perSecond(then.outPackets, row.outPackets),
    });
  }
  return {
    traffic,
    drops: changes(before.drops, after.drops, ({ reason }) => reason, perSecond),
    rows: changes(before.drops, after.drops, rowOf, perSecond),
    places: changes(before.drops, after.drops, placesIn(after.interfaces), perSecond),
    forwarded: perSecond(forwardedBy(before), forwardedBy(after)),
  };
};

/** Tells where a datagram was dropped: `r1`, or `link core` where it was lost on the way, be it a router's or not. */
export const placesIn = (interfaces: readonly InterfaceRow[]): ((row: DropRow) => string) => {
  const links = new Map(interfaces.map((each) => [each.interface, each.link]));
  return ({ router, interface: at, link, reason }) => {
    const on = reason.startsWith('link-') ? links.get(at ?? '') : undefined;
    return on !== undefined || router === null ? `link ${on ?? link}` : router;
  };
};

/** Which row of `show drops` it is: one reason at one place. */
export const rowOf = ({ reason, interface: at, link }: DropRow): string =>
  `${reason} ${at ?? `link ${link}`}`;

/** Datagrams dropped, by reason. */
export const dropsByReason = (drops: readonly DropRow[]): ReadonlyMap<string, number> =>
  sums(drops, ({ reason }) => reason);

const forwardedBy = ({ status }: Reading): number =>
  status.ledgers.reduce((sum, { forwarded }) => sum + forwarded, 0);

const sums = (drops: readonly DropRow[], key: (row: DropRow) => string): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const row of drops) found.set(key(row), (found.get(key(row)) ?? 0) + row.packets);
  return found;
};

const changes = (
  before: readonly DropRow[],
  after: readonly DropRow[],
  key: (row: DropRow) => string,
  perSecond: (from: number, to: number) => number,
): ReadonlyMap<string, number> => {
  const then = sums(before, key);
  return new Map(
    [...sums(after, key)].map(([name, packets]) => [name, perSecond(then.get(name) ?? 0, packets)]),
  );
};
