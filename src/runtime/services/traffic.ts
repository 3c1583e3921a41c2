import type { LinkTraffic, Traffic } from '../../control/traffic.js';
import { turnOfLoop } from '../../host/turn.js';
import type { LabLoop } from '../../lab/loop.js';
import { showDrops, showInterfaces } from '../../observe/show.js';

/** The counters of a lab now; resolves one turn of the event loop later, which is measured. */
export const trafficOf = async (loop: LabLoop): Promise<Traffic> => {
  const asked = performance.now();
  await turnOfLoop();
  const now = performance.now();
  const { lab } = loop;
  const interfaces = showInterfaces(lab);
  const byRouters = new Map<string, Sent>();
  for (const { link, outPackets, outOctets } of interfaces)
    byRouters.set(link, sum(byRouters.get(link), { packets: outPackets, octets: outOctets }));
  const { user, system } = process.cpuUsage();
  const drops: Record<string, number> = {};
  const wallClock = (at: Parameters<typeof loop.wallClock>[0]) => loop.wallClock(at);
  for (const { reason, packets } of showDrops(lab, wallClock)) drops[reason] = (drops[reason] ?? 0) + packets;
  return {
    time: wallClock(loop.readClock()),
    clockSeconds: now / 1000,
    uptimeSeconds: loop.uptimeSeconds,
    eventLoopLagSeconds: (now - asked) / 1000,
    memoryOctets: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
    interfaces: interfaces.map(
      ({ interface: name, operStatus, inPackets, inOctets, outPackets, outOctets }) => ({
        interface: name,
        operStatus,
        inPackets,
        inOctets,
        outPackets,
        outOctets,
      }),
    ),
    links: [...lab.links.values()].map(
      (link): LinkTraffic => ({
        link: link.name,
        state: link.isUp ? 'up' : 'down',
        ...link.attachments.reduce(
          (all, { sent }) => sum(all, sent),
          sum(byRouters.get(link.name), undefined),
        ),
      }),
    ),
    drops,
  };
};

type Sent = Pick<LinkTraffic, 'packets' | 'octets'>;

const sum = (one: Sent = NOTHING, other: Sent = NOTHING): Sent => ({
  packets: one.packets + other.packets,
  octets: one.octets + other.octets,
});

const NOTHING: Sent = { packets: 0, octets: 0 };
