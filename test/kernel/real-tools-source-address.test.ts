import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { withLab } from '../support/lab.js';
import { hopsOf } from '../support/trace.js';

const BOB = '203.0.113.10';

/** Datagrams go to bob over one link between the routers, and come back over the other. */
const thereAndBack = (source: string): string => `
links: { red: {}, there: {}, back: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, there: { address: 192.0.2.1/30 }, back: { address: 192.0.2.5/30 } }
    routes: [{ to: 203.0.113.0/24, via: 192.0.2.2 }]
    icmp: { source: ${source} }
    ip: { loopback: 192.0.2.101/32 }
  r2:
    interfaces: { there: { address: 192.0.2.2/30 }, back: { address: 192.0.2.6/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: default, via: 192.0.2.5 }]
    icmp: { source: ${source} }
    ip: { loopback: 192.0.2.102/32 }
`;

describeKernel('the source of an ICMP error', ['traceroute'], () => {
  it.each([
    ['egress', ['198.51.100.1', '192.0.2.6']],
    ['ingress', ['198.51.100.1', '192.0.2.2']],
    ['loopback', ['192.0.2.101', '192.0.2.102']],
  ])('is the address that `%s` names, where the way back is another one', (source, routers) =>
    withLab(thereAndBack(source), async (lab) => {
      const { stdout } = await lab.on('alice', `traceroute -n -q 1 -w 10,0,0 ${BOB}`);
      expect(hopsOf(stdout)).toEqual([...routers, BOB]);
    }),
  );
});

/** What is between two routers: the configurations of their interfaces, and each other’s address. */
const joined = (one: string, other: string, oneVia: string, otherVia: string): string => `
links: { red: {}, core: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: ${one} }
    routes: [{ to: 203.0.113.0/24, via: ${otherVia} }]
    ip: { loopback: 192.0.2.101/32 }
  r2:
    interfaces: { core: ${other}, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 198.51.100.0/24, via: ${oneVia} }]
    ip: { loopback: 192.0.2.102/32 }
`;

describeKernel('a link between two routers', ['ping', 'traceroute'], () => {
  it('may be unnumbered: the loopback addresses speak for it', () =>
    withLab(joined('{}', '{}', '192.0.2.101', '192.0.2.102'), async (lab) => {
      const { stdout } = await lab.on('alice', `traceroute -n -q 1 -w 10,0,0 ${BOB}`);
      expect(hopsOf(stdout)).toEqual(['198.51.100.1', '192.0.2.102', BOB]);
      const recorded = await lab.on('alice', `ping -n -R -c 1 ${BOB}`);
      expect(recorded.stdout).toMatch(
        /RR:\s+198\.51\.100\.10\s+192\.0\.2\.101\s+203\.0\.113\.1\s.*\s192\.0\.2\.102\s+198\.51\.100\.1\s/s,
      );
      const pinged = await lab.on('alice', 'ping -n -c 1 -W 10 192.0.2.101');
      expect(pinged.stdout).toContain('64 bytes from 192.0.2.101');
    }));

  it('may have just the two addresses of a /31', () =>
    withLab(
      joined('{ address: 192.0.2.0/31 }', '{ address: 192.0.2.1/31 }', '192.0.2.0', '192.0.2.1'),
      async (lab) => {
        const { stdout } = await lab.on('alice', `traceroute -n -q 1 -w 10,0,0 ${BOB}`);
        expect(hopsOf(stdout)).toEqual(['198.51.100.1', '192.0.2.1', BOB]);
        const [near, far] = await Promise.all([
          lab.on('alice', 'ping -n -c 1 -W 10 192.0.2.0'),
          lab.on('bob', 'ping -n -c 1 -W 10 192.0.2.0'),
        ]);
        expect(near.stdout).toContain('64 bytes from 192.0.2.0: icmp_seq=1 ttl=64');
        expect(far.stdout).toContain('64 bytes from 192.0.2.0: icmp_seq=1 ttl=63');
      },
    ));
});

describeKernel('an interface with several addresses', ['ping', 'traceroute'], () => {
  it('speaks to each host from the one in that host’s subnet, and answers for all', () =>
    withLab(
      `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  dave: { interfaces: { red: { address: 10.7.0.10/16, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
routers:
  r1:
    interfaces:
      red: { address: [198.51.100.1/24, 10.7.0.1/16] }
      blue: { address: [203.0.113.1/24, 203.0.113.2/24] }
`,
      async (lab) => {
        const trace = async (host: string, target: string): Promise<string[]> =>
          hopsOf((await lab.on(host, `traceroute -n -q 1 -w 10,0,0 ${target}`)).stdout);
        expect(await trace('alice', BOB)).toEqual(['198.51.100.1', BOB]);
        expect(await trace('dave', BOB)).toEqual(['10.7.0.1', BOB]);
        expect(await trace('bob', '10.7.0.10')).toEqual(['203.0.113.1', '10.7.0.10']);
        for (const own of ['198.51.100.1', '10.7.0.1', '203.0.113.1', '203.0.113.2']) {
          const { stdout } = await lab.on('dave', `ping -n -c 1 -W 10 ${own}`);
          expect(stdout).toContain(`64 bytes from ${own}: icmp_seq=1 ttl=64`);
        }
      },
    ));
});
