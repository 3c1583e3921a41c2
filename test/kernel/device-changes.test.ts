import { expect, it } from 'vitest';
import { gapsIn } from '../support/gaps.js';
import { change, comesTo } from '../support/interfaces.js';
import { describeKernel, until } from '../support/kernel.js';
import { type RunningLab, withLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT } from '../support/topologies.js';

const THREE_HOSTS = `
links:
  red: {}
  blue: {}
  green: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default], device: ktred } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default], device: ktblue } } }
  carol: { interfaces: { green: { address: 192.0.2.10/24, routes: [default], device: ktgreen } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24 }
      green: { address: 192.0.2.1/24 }
    icmp: { ${GENEROUS_RATE_LIMIT} }
`;

const BOB = '203.0.113.10';
const CAROL = '192.0.2.10';

/** What a single ping prints. */
const ping = async (lab: RunningLab, target: string, host = 'alice'): Promise<string> =>
  (await lab.on(host, `ping -n -c 1 -W 10 ${target}`)).stdout;

describeKernel('a device that changes under a running router', ['ping'], () => {
  it('may go down and come up again, and all is as it was', () =>
    withLab(THREE_HOSTS, async (lab) => {
      expect(await ping(lab, BOB)).toContain('1 received');
      await change(lab, 'bob', 'ip link set ktblue down');
      await comesTo(lab, 'r1.blue', 'DOWN');
      expect(await ping(lab, BOB)).toMatch(
        /From 198\.51\.100\.1 icmp_seq=1 Destination (Net|Host) Unreachable/,
      );
      expect(await ping(lab, CAROL)).toContain('1 received');

      await change(lab, 'bob', 'ip link set ktblue up');
      // The kernel drops a device's routes with it; who takes it up again puts them back.
      await change(lab, 'bob', 'ip route add default via 203.0.113.1');
      await comesTo(lab, 'r1.blue', 'UP');
      expect(await ping(lab, BOB)).toContain('1 received');
      expect(await ping(lab, '198.51.100.10', 'bob')).toContain('ttl=63');
    }));

  it('may be deleted: the others keep talking, `show` says so, and the rest is cleaned up', () =>
    withLab(THREE_HOSTS, async (lab) => {
      const beside = lab.background('alice', ['ping', '-n', '-i', '0.05', '-w', '20', CAROL]);
      try {
        await beside.printed(/icmp_seq=3 /);
        await change(lab, 'bob', 'ip link del ktblue');
        await comesTo(lab, 'r1.blue', 'DOWN');
        await until(
          () => /bob\.blue is gone: its device was deleted/.test(lab.process.stderr),
          5000,
          'the log',
        );
        expect(await ping(lab, BOB)).toMatch(/Destination (Net|Host) Unreachable/);
        const seen = beside.stdout.split('\n').length;
        await until(() => beside.stdout.split('\n').length > seen + 3, 5000, 'more answers from carol');
      } finally {
        beside.signal('SIGINT');
        await beside.ended();
      }
      expect(gapsIn(beside.stdout)).toEqual([]);
      expect(lab.process.code).toBeUndefined();
    }));

  it('may be made again by somebody, and its host answers as before', () =>
    withLab(THREE_HOSTS, async (lab) => {
      await change(lab, 'bob', 'ip link del ktblue');
      await comesTo(lab, 'r1.blue', 'DOWN');
      for (const step of [
        'tuntap add dev ktblue mode tun',
        `address add ${BOB}/24 dev ktblue`,
        'link set ktblue up',
      ])
        await change(lab, 'bob', `ip ${step}`);
      await change(lab, 'bob', 'ip route add default via 203.0.113.1');
      await comesTo(lab, 'r1.blue', 'UP');
      await until(async () => (await ping(lab, BOB)).includes('1 received'), 5000, 'an answer from bob');
      expect(await ping(lab, CAROL, 'bob')).toContain('ttl=63');
    }));

  it('may get another MTU, which is the one that the next datagram meets', () =>
    withLab(THREE_HOSTS, async (lab) => {
      await change(lab, 'bob', 'ip link set ktblue mtu 1300');
      const seen = async (): Promise<boolean> =>
        (await lab.on('alice', `ping -n -M do -s 1400 -c 1 -W 10 ${BOB}`)).stdout.includes('mtu = 1300');
      await until(seen, 5000, 'the new MTU in an ICMP error');
    }));
});
