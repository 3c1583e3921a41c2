import { beforeAll, expect, it } from 'vitest';
import { type CaptureFile, captured } from '../support/capture.js';
import { describeKernel } from '../support/kernel.js';
import { type RunningLab, sharedLab } from '../support/lab.js';

const ALICE = '198.51.100.10';
const BOB = '203.0.113.10';

/** To bob there is a short way by r2, and one by r3 and r4 that takes one more from the TTL. */
const TWO_WAYS = `
links: { red: {}, short: {}, long: {}, longer: {}, blue: { gateway: r2 } }
hosts:
  alice: { interfaces: { red: { address: ${ALICE}/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, short: { address: 192.0.2.1/30 }, long: { address: 192.0.2.5/30 } }
    routes:
      - { to: 203.0.113.0/24, nexthops: [{ via: 192.0.2.2, weight: 3 }, { via: 192.0.2.6 }] }
    ip: { ecmp-hash: l4 }
  r2:
    interfaces: { short: { address: 192.0.2.2/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 198.51.100.0/24, via: 192.0.2.1 }]
  r3:
    interfaces: { long: { address: 192.0.2.6/30 }, longer: { address: 192.0.2.9/30 } }
    routes: [{ to: 203.0.113.0/24, via: 192.0.2.10 }, { to: 198.51.100.0/24, via: 192.0.2.5 }]
  r4:
    interfaces: { longer: { address: 192.0.2.10/30 }, blue: { address: 203.0.113.2/24 } }
    routes: [{ to: 198.51.100.0/24, via: 192.0.2.9 }]
`;

const FLOWS = 200;
const BIG_FLOWS = 20;
const CLOSED_PORTS = 30;

/** From each of many ports three datagrams to one of bob’s, and from the first of them one in fragments, too. */
const SEND_FLOWS = `
import socket, time
for port in range(20000, 20000 + ${FLOWS}):
    time.sleep(0.001)  # Alice’s device holds 500 datagrams and loses the others.
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER, IP_PMTUDISC_DONT
    s.bind(('', port))
    for _ in range(3): s.sendto(b'x', ('${BOB}', 9000))
    if port < 20000 + ${BIG_FLOWS}: s.sendto(bytes(4000), ('${BOB}', 9000))
    s.close()
`;

/** A datagram to each of many ports that are closed at alice’s. */
const SEND_TO_CLOSED = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 9000))
for port in range(20000, 20000 + ${CLOSED_PORTS}): s.sendto(b'x', ('${ALICE}', port))
`;

/** Makes bob take the datagrams, and no kernel save on errors. */
const prepare = async (lab: RunningLab): Promise<void> => {
  for (const host of ['alice', 'bob']) await lab.on(host, 'sysctl -qw net.ipv4.icmp_ratelimit=0');
};

/** Which TTLs each value of a field was seen with. */
const ttlsBy = (rows: readonly string[][]): Map<string, Set<string>> => {
  const ttls = new Map<string, Set<string>>();
  for (const [key = '', ttl = ''] of rows) ttls.set(key, (ttls.get(key) ?? new Set()).add(ttl));
  return ttls;
};

const AS_FRAGMENTS = ['-o', 'ip.defragment:FALSE', '-E', 'occurrence=f'];
const SHORT = '62';
const LONG = '61';

describeKernel(
  'a router with two equal ways',
  ['python3', 'tcpdump', 'tshark', 'traceroute', 'sysctl'],
  () => {
    const lab = sharedLab(TWO_WAYS);
    let capture: CaptureFile;
    let ways: Map<string, Set<string>>;
    beforeAll(async () => {
      await prepare(lab());
      capture = await captured(lab(), 'bob', 'tp-bob-blue', async () => {
        expect((await lab().python('alice', SEND_FLOWS)).stderr).toBe('');
        expect((await lab().python('bob', SEND_TO_CLOSED)).stderr).toBe('');
      });
      const filter = `ip.src==${ALICE} && udp && !icmp`;
      ways = ttlsBy(await capture.rows(filter, ['udp.srcport', 'ip.ttl'], ...AS_FRAGMENTS));
    });

    it('keeps every datagram of a flow on one of them', () => {
      expect(ways.size).toBe(FLOWS);
      for (const [port, ttls] of ways) expect.soft([...ttls], port).toHaveLength(1);
    });

    it('shares the flows out by weight', () => {
      const short = [...ways.values()].filter((ttls) => ttls.has(SHORT)).length;
      const long = [...ways.values()].filter((ttls) => ttls.has(LONG)).length;
      // Three to one, and five standard deviations on either side.
      expect(short + long).toBe(FLOWS);
      expect(short).toBeGreaterThan(150 - 31);
      expect(short).toBeLessThan(150 + 31);
    });

    it('sends all fragments of a datagram the way of its flow', async () => {
      const filter = `ip.src==${ALICE} && (ip.flags.mf==1 || ip.frag_offset>0)`;
      const fields = ['ip.id', 'ip.ttl', 'ip.frag_offset', 'udp.srcport'];
      const rows = await capture.rows(filter, fields, ...AS_FRAGMENTS);
      const first = rows.filter(([, , offset]) => offset === '0');
      expect(first).toHaveLength(BIG_FLOWS);
      for (const [id, , , port = ''] of first) {
        const ttls = rows.filter((row) => row[0] === id).map(([, ttl]) => ttl);
        expect(ttls).toHaveLength(3);
        expect.soft(new Set(ttls), port).toEqual(ways.get(port));
      }
      expect(new Set(rows.map(([, ttl]) => ttl))).toEqual(new Set([SHORT, LONG]));
    });

    it('sends an ICMP error the way of the flow to which it belongs', async () => {
      const filter = `icmp.type==3 && icmp.code==3 && ip.dst==${BOB} && udp.srcport==9000`;
      const rows = await capture.rows(filter, ['udp.dstport', 'ip.ttl'], ...AS_FRAGMENTS);
      expect(rows).toHaveLength(CLOSED_PORTS);
      for (const [port = '', ttl = ''] of rows) expect.soft([ttl], port).toEqual([...(ways.get(port) ?? [])]);
      expect(new Set(rows.map(([, ttl]) => ttl))).toEqual(new Set([SHORT, LONG]));
    });

    it('lets a traceroute that keeps its ports see one way only', async () => {
      const command = `traceroute -n -U -p 9000 --sport=20001 -q 3 -w 10,0,0 ${BOB}`;
      const hops = (await lab().on('alice', command)).stdout.split('\n').slice(1, -1);
      const between = ways.get('20001')?.has(SHORT) ? ['192.0.2.2'] : ['192.0.2.6', '192.0.2.10'];
      const addresses = hops.map((hop) => hop.match(/\d+\.\d+\.\d+\.\d+/g));
      expect(addresses).toEqual(['198.51.100.1', ...between, BOB].map((address) => [address]));
    });
  },
);
