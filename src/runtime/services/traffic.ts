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
    links: [...lab.links.values()].map((link): LinkTraffic => {
      const senders = [
        ...link.attachments.map(({ sent }) => sent ?? NOTHING),
        ...interfaces
          .filter((each) => each.link === link.name)
          .map(({ outPackets, outOctets }) => ({ packets: outPackets, octets: outOctets })),
      ];
      return {
        link: link.name,
        state: link.isUp ? 'up' : 'down',
        packets: senders.reduce((sum, { packets }) => sum + packets, 0),
        octets: senders.reduce((sum, { octets }) => sum + octets, 0),
      };
    }),
    drops,
  };
};

const NOTHING = { packets: 0, octets: 0 };
