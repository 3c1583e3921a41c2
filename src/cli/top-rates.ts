import type { InterfaceTraffic, LinkTraffic, Traffic } from '../control/traffic.js';

/** What `top -j` prints: averages over the time between two looks. */
export interface Rates {
  /** Of the second look, RFC 3339. */
  readonly time: string;
  readonly name: string;
  /** Between the two. */
  readonly seconds: number;
  readonly uptimeSeconds: number;
  readonly eventLoopLagSeconds: number;
  readonly memoryOctets: number;
  /** Of one processor: 1 is all of it. */
  readonly cpuShare: number;
  readonly interfaces: readonly InterfaceRates[];
  readonly links: readonly LinkRates[];
  /** The reasons that ended datagrams meanwhile, the most frequent first. */
  readonly drops: readonly { readonly reason: string; readonly packetsPerSecond: number }[];
}

export interface InterfaceRates {
  readonly interface: string;
  readonly operStatus: 'UP' | 'DOWN';
  readonly inPacketsPerSecond: number;
  readonly inBitsPerSecond: number;
  readonly outPacketsPerSecond: number;
  readonly outBitsPerSecond: number;
}

export interface LinkRates {
  readonly link: string;
  readonly state: 'up' | 'down';
  readonly packetsPerSecond: number;
  readonly bitsPerSecond: number;
}

/** The rates between two looks at a lab. What was not there at the first began with zero; counters that began anew, too. */
export const ratesOf = (name: string, before: Traffic, now: Traffic): Rates => {
  const seconds = Math.max(1e-3, now.clockSeconds - before.clockSeconds);
  const rate = (to: number, from = 0): number => rounded(Math.max(0, to < from ? to : to - from) / seconds);
  const oldInterfaces = new Map(before.interfaces.map((each) => [each.interface, each]));
  const oldLinks = new Map(before.links.map((each) => [each.link, each]));
  return {
    time: now.time,
    name,
    seconds: rounded(seconds),
    uptimeSeconds: rounded(now.uptimeSeconds),
    eventLoopLagSeconds: Number(now.eventLoopLagSeconds.toFixed(6)),
    memoryOctets: now.memoryOctets,
    cpuShare: rounded((now.cpuSeconds - before.cpuSeconds) / seconds),
    interfaces: now.interfaces.map((each): InterfaceRates => {
      const old: Partial<InterfaceTraffic> = oldInterfaces.get(each.interface) ?? {};
      return {
        interface: each.interface,
        operStatus: each.operStatus,
        inPacketsPerSecond: rate(each.inPackets, old.inPackets),
        inBitsPerSecond: 8 * rate(each.inOctets, old.inOctets),
        outPacketsPerSecond: rate(each.outPackets, old.outPackets),
        outBitsPerSecond: 8 * rate(each.outOctets, old.outOctets),
      };
    }),
    links: now.links.map((each): LinkRates => {
      const old: Partial<LinkTraffic> = oldLinks.get(each.link) ?? {};
      return {
        link: each.link,
        state: each.state,
        packetsPerSecond: rate(each.packets, old.packets),
        bitsPerSecond: 8 * rate(each.octets, old.octets),
      };
    }),
    drops: Object.entries(now.drops)
      .map(([reason, packets]) => ({ reason, packetsPerSecond: rate(packets, before.drops[reason]) }))
      .filter(({ packetsPerSecond }) => packetsPerSecond > 0)
      .sort((one, other) => other.packetsPerSecond - one.packetsPerSecond),
  };
};

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
