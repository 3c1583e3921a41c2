import { expect, it } from 'vitest';
import { captured } from '../support/capture.js';
import { dropped } from '../support/drops.js';
import { describeKernel } from '../support/kernel.js';
import { type RunningLab, withLab } from '../support/lab.js';

const BOB = '203.0.113.10';

const oneRouter = (ip: string): string => `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
  carol: { interfaces: { blue: { address: 203.0.113.20/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
    ip: ${ip}
`;

const droppedOnRed = (lab: RunningLab, reason: string): Promise<number> => dropped(lab, reason, 'r1.red');

/** A source on alice’s own link, one on bob’s, and one to which there is no route. */
const SOURCES = ['198.51.100.99', '203.0.113.99', '10.9.9.9'];

describeKernel(
  'a router that doubts sources',
  ['hping3', 'tcpdump', 'tshark'],
  () => {
    it.each([
      ['strict', 1],
      ['loose', 2],
      ['off', 3],
    ])('lets through what `%s` allows, counts the rest, and says nothing', (mode, passing) =>
      withLab(oneRouter(`{ reverse-path: ${mode} }`), async (lab) => {
        const answers = await captured(lab, 'alice', 'tp-alice-red', async () => {
          const seen = await captured(lab, 'bob', 'tp-bob-blue', async () => {
            const sent = SOURCES.map((source) =>
              lab.on('alice', `hping3 -n -q -2 -p 9 -c 1 -a ${source} ${BOB}`),
            );
            await Promise.all(sent);
          });
          const sources = (await seen.rows('udp.dstport==9 && !icmp', ['ip.src'])).flat();
          expect(new Set(sources)).toEqual(new Set(SOURCES.slice(0, passing)));
        });
        expect(await droppedOnRed(lab, 'reverse-path')).toBe(SOURCES.length - passing);
        expect(await answers.rows('icmp && ip.src==198.51.100.1', ['icmp.type'])).toEqual([]);
      }),
    );
  },
  { concurrent: true },
);

describeKernel(
  'a directed broadcast',
  ['ping', 'sysctl'],
  () => {
    const pinged = async (lab: RunningLab): Promise<string> => {
      for (const host of ['bob', 'carol'])
        await lab.on(host, 'sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0');
      return (await lab.on('alice', 'ping -n -b -c 2 -i 0.3 -W 1 203.0.113.255')).stdout;
    };

    it('reaches nobody, unless the router is told otherwise', () =>
      withLab(oneRouter('{}'), async (lab) => {
        expect(await pinged(lab)).toContain('2 packets transmitted, 0 received, 100% packet loss');
        expect(await droppedOnRed(lab, 'broadcast')).toBe(2);
      }));

    it('reaches everybody on the link where it is switched on, and is not answered by the router', () =>
      withLab(oneRouter('{ directed-broadcast: true }'), async (lab) => {
        const stdout = await pinged(lab);
        expect(stdout).toContain(`64 bytes from ${BOB}: icmp_seq=1 ttl=63`);
        expect(stdout).toContain('64 bytes from 203.0.113.20: icmp_seq=1 ttl=63');
        expect(stdout).not.toMatch(/bytes from (198\.51\.100|203\.0\.113)\.1:/);
        expect(await droppedOnRed(lab, 'broadcast')).toBe(0);
      }));
  },
  { concurrent: true },
);

/** Sends 100 UDP datagrams with TTL 1 as fast as it can, and counts what comes back within a second. */
const BURST = `
import socket, time
answers = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
answers.settimeout(0.2)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
for port in range(100): s.sendto(b'x', ('${BOB}', 40000 + port))
count, until = 0, time.monotonic() + 0.7
while time.monotonic() < until:
    try: count += answers.recv(2000)[20] == 11
    except TimeoutError: pass
print(count)
`;

describeKernel('the rate limit of a router', ['python3'], () => {
  it('answers about six of a hundred at once, and counts those that it does not', () =>
    withLab(oneRouter('{}'), async (lab) => {
      const { stdout } = await lab.python('alice', BURST);
      const answers = Number(stdout);
      expect(answers).toBeGreaterThanOrEqual(5);
      expect(answers).toBeLessThanOrEqual(8);
      const [r1] =
        await lab.show<{ sent: Record<string, number>; suppressed: Record<string, number> }[]>('icmp');
      expect(r1?.sent['ttl-exceeded']).toBe(answers);
      expect(r1?.suppressed['rate-limit']).toBe(100 - answers);
      expect(await droppedOnRed(lab, 'ttl-expired')).toBe(100);
    }));
});
