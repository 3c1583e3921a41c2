import { beforeAll, expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { type RunningLab, sharedLab } from '../support/lab.js';

const ALICE = '198.51.100.10';
const BOB = '203.0.113.10';

const twoRouters = (ip: string): string => `
links: { red: {}, core: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: ${ALICE}/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: { address: 192.0.2.1/30 } }
    routes: [{ to: default, via: 192.0.2.2 }]
    ip: ${ip}
  r2:
    interfaces: { core: { address: 192.0.2.2/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 198.51.100.0/24, via: 192.0.2.1 }]
    ip: ${ip}
`;

/** Linux refuses datagrams with a source route, on every device by itself, unless told otherwise. */
const acceptSourceRoutes = async (lab: RunningLab): Promise<void> => {
  for (const host of ['alice', 'bob'])
    for (const device of ['all', host === 'alice' ? 'tp-alice-red' : 'tp-bob-blue'])
      await lab.on(host, `sysctl -qw net.ipv4.conf.${device}.accept_source_route=1`);
};

/** The block of `ping` that begins with a label, an address or a number a line. */
const block = (stdout: string, label: 'RR' | 'TS'): string[] => {
  const lines = stdout.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`${label}:`));
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('\t'));
  return start < 0 ? [] : lines.slice(start, end).map((line) => line.replace(`${label}:`, '').trim());
};

/** The address at which a datagram leaves each of two routers, there and back. */
const RECORDED = [ALICE, '192.0.2.1', '203.0.113.1', BOB, BOB, '192.0.2.2', '198.51.100.1', ALICE];

describeKernel('IP options of real programs', ['ping', 'traceroute', 'sysctl'], () => {
  const lab = sharedLab(twoRouters('{ options: { loose-source-route: process } }'));
  beforeAll(() => acceptSourceRoutes(lab()));

  it('let `ping -R` to the first router list its address on the way out and its own slot', async () => {
    const { code, stdout } = await lab().on('alice', 'ping -n -R -c 1 198.51.100.1');
    expect(block(stdout, 'RR')).toEqual([ALICE, '198.51.100.1', '198.51.100.1', ALICE]);
    expect(code).toBe(0);
  });

  it('let `ping -R` through two routers list the egress addresses, there and back', async () => {
    const { code, stdout } = await lab().on('alice', `ping -n -R -c 1 ${BOB}`);
    expect(block(stdout, 'RR')).toEqual(RECORDED);
    expect(code).toBe(0);
  });

  it('let `ping -T tsonly` collect a time from everybody on the way, there and back', async () => {
    const { stdout } = await lab().on('alice', `ping -n -T tsonly -c 1 ${BOB}`);
    const [first, ...later] = block(stdout, 'TS');
    expect(first).toMatch(/^\d+ absolute$/);
    expect(later).toHaveLength(7);
    // One clock serves them all: each time is the difference to the one before, in milliseconds.
    for (const each of later) expect(Math.abs(Number(each))).toBeLessThan(1000);
  });

  it('let `ping -T tsandaddr` say who they were, and count those that found no room', async () => {
    const { stdout } = await lab().on('alice', `ping -n -T tsandaddr -c 1 ${BOB}`);
    expect(block(stdout, 'TS').map((line) => line.split(/\s/)[0])).toEqual(RECORDED.slice(0, 4));
    expect(stdout).toContain('Unrecorded hops: 3');
  });

  it('let `ping -T tsprespec` ask just some of them', async () => {
    const { stdout } = await lab().on('alice', `ping -n -c 1 -T tsprespec 192.0.2.1 192.0.2.2 ${BOB}`);
    expect(block(stdout, 'TS').map((line) => line.split(/\s/)[0])).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  /*
   * Linux gives an error to a connected socket only where it quotes that socket's destination, so hops before
   * the last gateway are stars; and it computes UDP checksums with the gateway's address, so UDP never arrives.
   */
  it.each([
    ['ICMP', '-I'],
    ['TCP', '-T'],
  ])('let `traceroute -g` by %s pass the named gateway', async (_, flag) => {
    const { code, stdout } = await lab().on(
      'alice',
      `traceroute -n ${flag} -q 1 -w 3,0,0 -m 5 -g 198.51.100.1 ${BOB}`,
    );
    const hops = stdout.split('\n').slice(1, -1);
    expect(hops).toHaveLength(3);
    expect(hops[1]).toContain(' 192.0.2.2 ');
    expect(hops[2]).toContain(` ${BOB} `);
    expect(code).toBe(0);
  });

  it('say 3/5 where there is no way on from the named gateway', async () => {
    const before = (await sourceRouteFailures(lab())) ?? 0;
    await lab().on('alice', `traceroute -n -I -q 1 -w 0.3 -m 3 -f 3 -g 192.0.2.2 10.9.9.9`);
    expect(await sourceRouteFailures(lab())).toBeGreaterThan(before);
  });
});

describeKernel('source routes without a setting', ['traceroute', 'sysctl'], () => {
  const lab = sharedLab(twoRouters('{}'));
  beforeAll(() => acceptSourceRoutes(lab()));

  it('are refused where they come in, and counted', async () => {
    const { stdout } = await lab().on(
      'alice',
      `traceroute -n -I -q 1 -w 0.3 -m 3 -N 3 -g 198.51.100.1 ${BOB}`,
    );
    expect(stdout).not.toMatch(/^\s*\d+\s+\d/m);
    const drops = await lab().show<{ interface: string; reason: string; packets: number }[]>('drops');
    const refused = drops.filter(({ reason }) => reason === 'option-refused');
    expect(refused).toMatchObject([{ interface: 'r1.red', packets: 3 }]);
  });
});

const sourceRouteFailures = async (lab: RunningLab): Promise<number | undefined> => {
  const routers = await lab.show<{ router: string; sent: Record<string, number> }[]>('icmp');
  return routers.find(({ router }) => router === 'r2')?.sent['source-route-failed'];
};
