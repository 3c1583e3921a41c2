import { expect, it } from 'vitest';
import { captured } from '../support/capture.js';
import { change, comesTo, interfaceNamed } from '../support/interfaces.js';
import { describeKernel, until } from '../support/kernel.js';
import { type RunningLab, withLab } from '../support/lab.js';

const BOB = '203.0.113.10';
/** Bob and carol both have it, and their TTLs tell who answers. */
const SHARED = '192.0.2.1';

const PREFERRED_AND_ALTERNATE = `
links: { red: {}, blue: {}, green: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default], device: ktblue } } }
  carol: { interfaces: { green: { address: 192.0.2.130/25, routes: [default] } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24 }
      green: { address: 192.0.2.129/25 }
    routes:
      - { to: 192.0.2.0/25, via: ${BOB}, metric: 10 }
      - { to: 192.0.2.0/25, via: 192.0.2.130, metric: 20 }
`;

interface RouteRow {
  readonly prefix: string;
  readonly type: string;
  readonly metric: number;
  readonly active: boolean;
}

/** Which routes to the shared network and to bob’s link are in use: `PREFIX METRIC`. */
const inUse = async (lab: RunningLab): Promise<string[]> => {
  const rows = await lab.show<RouteRow[]>('routes');
  return rows
    .filter(({ prefix, type }) => type !== 'local' && /^(192\.0\.2\.0\/25|203\.)/.test(prefix))
    .filter(({ active }) => active)
    .map(({ prefix, metric }) => `${prefix} ${metric}`)
    .sort();
};

const answering = async (lab: RunningLab): Promise<string | undefined> =>
  /ttl=(\d+)/.exec((await lab.on('alice', `ping -n -c 1 -W 10 ${SHARED}`)).stdout)?.[1];
const BY_BOB = '99';
const BY_CAROL = '199';

describeKernel('a route whose device goes', ['ping', 'sysctl'], () => {
  it('is withdrawn while the device is down, restored when it is up, and gone when it is deleted', () =>
    withLab(PREFERRED_AND_ALTERNATE, async (lab) => {
      for (const [host, ttl] of [
        ['bob', 100],
        ['carol', 200],
      ] as const) {
        await change(lab, host, `ip addr add ${SHARED}/32 dev lo`);
        await change(lab, host, `sysctl -qw net.ipv4.ip_default_ttl=${ttl}`);
      }
      expect(await answering(lab)).toBe(BY_BOB);
      expect(await inUse(lab)).toEqual(['192.0.2.0/25 10', '203.0.113.0/24 0']);

      await change(lab, 'bob', 'ip link set ktblue down');
      await comesTo(lab, 'r1.blue', 'DOWN');
      expect(await answering(lab)).toBe(BY_CAROL);
      expect(await inUse(lab)).toEqual(['192.0.2.0/25 20']);

      await change(lab, 'bob', 'ip link set ktblue up');
      await change(lab, 'bob', 'ip route add default via 203.0.113.1');
      await comesTo(lab, 'r1.blue', 'UP');
      expect(await answering(lab)).toBe(BY_BOB);
      expect(await inUse(lab)).toEqual(['192.0.2.0/25 10', '203.0.113.0/24 0']);

      await change(lab, 'bob', 'ip link del ktblue');
      await comesTo(lab, 'r1.blue', 'DOWN');
      expect(await answering(lab)).toBe(BY_CAROL);
      expect(await inUse(lab)).toEqual(['192.0.2.0/25 20']);
    }));
});

/** Sends 1372 octets with DF, and then without, and prints the MTU that the error names. */
const SEND_LONG = `
import socket
answers = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
answers.settimeout(2)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, 10, 3)  # IP_MTU_DISCOVER, IP_PMTUDISC_PROBE
s.sendto(bytes(1372), ('${BOB}', 9))
answer = answers.recv(2000)
print(answer[20], answer[21], int.from_bytes(answer[26:28], 'big'))
s.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_PMTUDISC_DONT
s.sendto(bytes(1372), ('${BOB}', 9))
`;

describeKernel('a device whose MTU changes', ['python3', 'tcpdump', 'tshark'], () => {
  it('is told of by the next error, and the next long datagram is cut to it', () =>
    withLab(PREFERRED_AND_ALTERNATE, async (lab) => {
      const seen = await captured(lab, 'bob', 'ktblue', async () => {
        expect((await lab.python('alice', SEND_LONG)).stdout).toBe('3 3 0\n');
        await change(lab, 'bob', 'ip link set ktblue mtu 1300');
        const isNarrow = async () => (await interfaceNamed(lab, 'r1.blue'))?.mtu === 1300;
        await until(isNarrow, 5000, 'the MTU of r1.blue to be 1300');
        expect((await lab.python('alice', SEND_LONG)).stdout).toBe('3 4 1300\n');
      });
      const filter = '(udp || ip.frag_offset>0) && !icmp';
      const rows = await seen.rows(filter, ['ip.len'], '-o', 'ip.defragment:FALSE');
      expect(rows.flat()).toEqual(['1400', '1400', '1300', '120']);
    }));
});
