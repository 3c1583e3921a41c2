import { beforeAll, expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { sharedLab, withLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT } from '../support/topologies.js';
import { hopsOf } from '../support/trace.js';

const BOB = '203.0.113.10';
/** Every router answers from the interface by which its answer leaves. */
const HOPS = ['198.51.100.1', '192.0.2.2', '192.0.2.6', BOB];

/** Routes go to and fro; `icmp` are settings that every router has. */
const inARow = (icmp = '{}'): string => `
links:
  red: {}
  left: {}
  right: {}
  blue: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, left: { address: 192.0.2.1/30 } }
    routes: [{ to: default, via: 192.0.2.2 }]
    icmp: ${icmp}
  r2:
    interfaces: { left: { address: 192.0.2.2/30 }, right: { address: 192.0.2.5/30 } }
    routes: [{ to: 198.51.100.0/24, via: 192.0.2.1 }, { to: 203.0.113.0/24, via: 192.0.2.6 }]
    icmp: ${icmp}
  r3:
    interfaces: { right: { address: 192.0.2.6/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: default, via: 192.0.2.5 }]
    icmp: ${icmp}
`;

const OFTEN = `{ ${GENEROUS_RATE_LIMIT} }`;

/** Bob’s kernel sends six “port unreachable” and then one a second, unless told otherwise. */
const LET_BOB_ANSWER = 'sysctl -qw net.ipv4.icmp_ratelimit=0';

describeKernel('three routers in a row, as they are without a setting', ['ping', 'traceroute'], () => {
  it('let the traceroute that everybody types name every hop, without a single star', () =>
    withLab(inARow(), async (lab) => {
      await lab.on('bob', LET_BOB_ANSWER);
      // Patient, as a busy machine answers late.
      const { code, stdout } = await lab.on('alice', `traceroute -n -w 10,0,0 ${BOB}`);
      expect(hopsOf(stdout)).toEqual(HOPS);
      expect(stdout).not.toContain('*');
      expect(code).toBe(0);
    }));
});

describeKernel('three routers in a row', ['ping', 'traceroute', 'mtr', 'tracepath', 'sysctl'], () => {
  const lab = sharedLab(inARow(OFTEN));

  beforeAll(async () => {
    await lab().on('bob', LET_BOB_ANSWER);
  });

  it.each([
    ['UDP', ''],
    ['ICMP', '-I '],
    ['TCP', '-T '],
  ])('let traceroute by %s name every hop in order', async (_, flag) => {
    const { code, stdout } = await lab().on('alice', `traceroute -n ${flag}-q 1 -w 10,0,0 -m 8 ${BOB}`);
    expect(hopsOf(stdout)).toEqual(HOPS);
    expect(code).toBe(0);
  });

  it('let mtr name every hop in order, and lose nothing at the target', async () => {
    const { code, stdout } = await lab().on('alice', `mtr --report -c 3 -n -G 1 ${BOB}`);
    expect(hopsOf(stdout)).toEqual(HOPS);
    expect(stdout).toMatch(/203\.0\.113\.10\s+0\.0%/);
    expect(code).toBe(0);
  });

  it('let tracepath count the hops', async () => {
    const { stdout } = await lab().on('alice', `tracepath -n ${BOB}`);
    expect(stdout).toMatch(/Resume: pmtu 1500 hops 4 back 4/);
  });

  it('take one from the TTL at every hop', async () => {
    const { stdout } = await lab().on('alice', `ping -n -c 2 -i 0.2 ${BOB}`);
    expect(stdout.match(/ttl=61/g)).toHaveLength(2);
  });
});
