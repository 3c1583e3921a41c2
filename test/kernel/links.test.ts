import { expect, it } from 'vitest';
import type { InterfaceRow, LinkRow, RouteRow } from '../../src/observe/shown.js';
import { comesTo } from '../support/interfaces.js';
import { describeKernel, until } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT } from '../support/topologies.js';

const TWO_WAYS = `
links: { red: {}, core: { delay: 40ms }, spare: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default], device: ktred } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default], device: ktblue } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: { address: 192.0.2.1/30 }, spare: { address: 192.0.2.5/30 } }
    routes: [{ to: 203.0.113.0/24, via: 192.0.2.2 }, { to: 203.0.113.0/24, via: 192.0.2.6, metric: 9 }]
    icmp: { ${GENEROUS_RATE_LIMIT} }
  r2:
    interfaces: { core: { address: 192.0.2.2/30 }, blue: { address: 203.0.113.1/24 }, spare: { address: 192.0.2.6/30 } }
    routes: [{ to: default, via: 192.0.2.1 }, { to: default, via: 192.0.2.5, metric: 9 }]
    icmp: { ${GENEROUS_RATE_LIMIT} }
`;

const BOB = '203.0.113.10';

/** Sends COUNT datagrams of 1250 octets, headers included, as fast as it can. */
const SEND = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(int(sys.argv[2])): s.sendto(bytes(1222), (sys.argv[1], 5000))
`;

/** Prints how many datagrams came, and the seconds from the first to the last. */
const RECEIVE = `
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 5000))
s.settimeout(15)
print('ready', flush=True)
times = []
while len(times) < int(sys.argv[1]):
    s.recv(2000)
    times.append(time.monotonic())
print('took', len(times), times[-1] - times[0], flush=True)
`;

describeKernel('links that are impaired, as a host sees them', ['ping', 'python3'], () => {
  const lab = sharedLab(TWO_WAYS);

  it('delay a ping both ways', async () => {
    const { stdout } = await lab().on('alice', `ping -n -c 3 -i 0.1 -W 5 ${BOB}`);
    const least = Number(/rtt min\/avg\/max\/mdev = ([\d.]+)\//.exec(stdout)?.[1]);
    expect(least).toBeGreaterThanOrEqual(80);
    expect(least).toBeLessThan(160);
  });

  it('lose everything for a time, and come back by themselves', async () => {
    const { code, stdout } = await lab().tunpike(
      'link',
      'set',
      'core',
      '--loss',
      '100%',
      '--for',
      '1500ms',
      '-j',
    );
    expect([code, JSON.parse(stdout)]).toEqual([0, { link: 'core', from: null, loss: 1, forSeconds: 1.5 }]);
    const lost = await lab().on('alice', `ping -n -c 1 -W 0.5 ${BOB}`);
    expect(lost.stdout).toContain(' 0 received');
    await until(
      async () => (await lab().on('alice', `ping -n -c 1 -W 1 ${BOB}`)).code === 0,
      10_000,
      'an answer after the time is over',
    );
    const [row] = (await lab().show<LinkRow[]>('links')).filter(({ link }) => link === 'core');
    expect(row).toMatchObject({ loss: null, delaySeconds: 0.04 });
    expect(row!.lostDatagrams).toBeGreaterThan(0);
  });

  it('go down, and the next metric takes over; up gives all back', async () => {
    const waysTo = async (): Promise<string[]> =>
      (await lab().show<RouteRow[]>('routes'))
        .filter(({ router, prefix }) => router === 'r1' && prefix === '203.0.113.0/24')
        .flatMap(({ nexthops }) => nexthops.map((hop) => hop.interface));
    const timeOf = async (): Promise<number> =>
      Number(/time=([\d.]+)/.exec((await lab().on('alice', `ping -n -c 1 -W 10 ${BOB}`)).stdout)?.[1]);
    await lab().tunpike('link', 'down', 'core');
    expect(await waysTo()).toEqual(['r1.spare']);
    expect(await timeOf()).toBeLessThan(80);
    await lab().tunpike('link', 'up', 'core');
    expect(await waysTo()).toEqual(['r1.core', 'r1.spare']);
    expect(await timeOf()).toBeGreaterThanOrEqual(80);
  });

  it('go down for the kernel of a host, too', async () => {
    const flags = async (): Promise<string> => (await lab().on('alice', 'ip link show ktred')).stdout;
    await lab().tunpike('link', 'down', 'red');
    await comesTo(lab(), 'r1.red', 'DOWN');
    await until(async () => (await flags()).includes('NO-CARRIER'), 5000, 'no carrier at ktred');
    expect((await lab().on('alice', `ping -n -c 1 -W 0.5 ${BOB}`)).stdout).toContain(' 0 received');
    await lab().tunpike('link', 'up', 'red');
    await until(async () => !(await flags()).includes('NO-CARRIER'), 5000, 'carrier at ktred');
    await comesTo(lab(), 'r1.red', 'UP');
    expect((await lab().on('alice', `ping -n -c 1 -W 10 ${BOB}`)).stdout).toContain('1 received');
  });

  it('have another MTU, and so have the devices of the hosts', async () => {
    await lab().tunpike('link', 'set', 'red', '--mtu', '1300');
    const mtuOf = async (): Promise<string | undefined> =>
      /mtu (\d+)/.exec((await lab().on('alice', 'ip link show ktred')).stdout)?.[1];
    await until(async () => (await mtuOf()) === '1300', 5000, 'the MTU at ktred');
    const rows = await lab().show<InterfaceRow[]>('interfaces');
    expect(rows.find((row) => row.interface === 'r1.red')!.mtu).toBe(1300);
    await lab().tunpike('link', 'reset', 'red');
    await until(async () => (await mtuOf()) === '1500', 5000, 'the old MTU at ktred');
  });

  it('pass a stream at their rate', async () => {
    await lab().tunpike('link', 'set', 'core', '--rate', '2mbit', '--from', 'r1');
    const receiver = lab().background('bob', ['python3', '-c', RECEIVE, '300']);
    try {
      await receiver.printed(/ready/);
      await lab().python('alice', SEND, BOB, '300');
      await receiver.printed(/took \d+ [\d.]+\n/, 20_000);
      const [, count, took] = /took (\d+) ([\d.]+)/.exec(receiver.stdout)!;
      const rate = ((Number(count) - 1) * 1250 * 8) / Number(took);
      expect(rate).toBeLessThan(2_000_000 * 1.03);
      expect(rate).toBeGreaterThan(2_000_000 * 0.8);
    } finally {
      await receiver.stop();
      await lab().tunpike('link', 'reset', 'core');
    }
  });
});
