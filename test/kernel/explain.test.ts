import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/explanation.js';
import { sharedLab } from '../support/lab.js';

const LAB = `
links:
  red: {}
  core: { loss: 0.5%, delay: 2ms, jitter: 1ms }
  edge: { mtu: 1400 }
  blue: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: { address: 10.1.0.1/24, igmp: { static-groups: [{ group: 239.1.2.3 }] } } }
    routes: [{ to: 203.0.113.0/24, via: 10.1.0.2 }, { to: 198.18.0.0/15, via: 10.1.0.2 }]
  r2:
    interfaces: { core: { address: 10.1.0.2/24 }, edge: { address: 10.2.0.2/24, igmp: { static-groups: [{ group: 239.1.2.3 }] } } }
    routes: [{ to: 203.0.113.0/24, via: 10.2.0.3 }, { to: 198.51.100.0/24, via: 10.1.0.1 }, { to: 198.18.0.0/15, via: 10.1.0.1 }]
  r3:
    interfaces: { edge: { address: 10.2.0.3/24 }, blue: { address: 203.0.113.1/24, igmp: { static-groups: [{ group: 239.1.2.3 }] } } }
    routes: [{ to: default, via: 10.2.0.2 }]
    filters: [{ name: no-telnet, out: blue, match: { protocol: tcp, destination-port: 23 }, action: reject }]
http: { listen: "127.0.0.1:9476" }
`;

describe('explain', () => {
  const lab = sharedLab(LAB);
  const explained = async (...words: string[]): Promise<{ code: number } & Explanation> => {
    const { code, stdout, stderr } = await lab().tunpike('explain', ...words, '-j');
    expect(stderr).toBe('');
    return { code: code!, ...(JSON.parse(stdout) as Explanation) };
  };

  it('names the verdict, who gets it, and the error that would be sent', async () => {
    const way = await explained('alice', 'bob');
    expect(way).toMatchObject({ code: 0, verdict: 'forwarded', icmp: null, delivered: 'bob' });
    expect(way.steps).toContainEqual({
      at: 'r1.red',
      what: 'in',
      detail: 'ttl 64',
      source: 'RFC 1812 §5.2.2',
    });
    expect(way.steps).toContainEqual({
      at: 'core',
      what: 'link',
      detail: 'loss 0.5%',
      source: 'links.core.loss',
    });
    expect(way.steps).toContainEqual({
      at: 'core',
      what: 'held',
      detail: 'delay 2ms ± 1ms',
      source: 'links.core.delay',
    });
    expect(await explained('alice', 'r3.blue')).toMatchObject({ code: 0, verdict: 'delivered', icmp: null });
    expect(await explained('alice', 'bob', '--size', '1500', '--df')).toMatchObject({
      code: 1,
      verdict: 'dropped',
      reason: 'would-fragment',
      icmp: { type: 3, code: 4, from: '10.1.0.2', to: '198.51.100.10' },
    });
    expect(await explained('alice', 'bob', '--protocol', 'tcp', '--destination-port', '23')).toMatchObject({
      code: 1,
      reason: 'filter-reject',
      icmp: { type: 3, code: 13 },
    });
    expect(await explained('alice', '198.18.0.1')).toMatchObject({
      code: 1,
      reason: 'ttl-expired',
      icmp: { type: 11, code: 0 },
    });
    expect(await explained('1.2.3.4', 'bob', '--in', 'r2.core', '--ttl', '1')).toMatchObject({
      code: 1,
      reason: 'ttl-expired',
      icmp: null,
    });
    const group = await explained('alice', '239.1.2.3', '--protocol', 'udp');
    expect(group).toMatchObject({ code: 0, verdict: 'forwarded', delivered: ['bob'] });
  });

  it('sends and counts nothing, and what it says then comes true', async () => {
    const counts = async () => lab().show<readonly { inPackets: number; outPackets: number }[]>('interfaces');
    const neighbors = await lab().show('neighbors');
    const before = await counts();
    await explained('alice', '239.1.2.3');
    await explained('alice', '198.18.0.1');
    expect(await lab().show('mroutes')).toEqual([]);
    expect(await lab().show('neighbors')).toEqual(neighbors);
    const sum = (rows: Awaited<ReturnType<typeof counts>>) =>
      rows.reduce((all, row) => all + row.inPackets, 0);
    expect(sum(await counts())).toBe(sum(before));
    // The link loses one in two hundred, each way.
    const { stdout } = await lab().on('alice', 'ping -c 4 -i 0.2 -W 5 -M do -s 1472 203.0.113.10');
    expect(stdout).toContain('From 10.1.0.2');
    expect(stdout).toContain('mtu = 1400');
  });

  it('is readable at 80 columns, and refuses wrong words', async () => {
    const { stdout } = await lab().tunpike('explain', 'alice', 'bob', '--size', '1500', '--df');
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(
      /^dropped: would-fragment; ICMP type 3 code 4 from 10\.1\.0\.2 to 198\.51\.100\.10$/m,
    );
    const unowned = await lab().tunpike('explain', '1.2.3.4', 'bob');
    expect(unowned).toMatchObject({ code: 2, stderr: expect.stringContaining('--in') });
    expect((await lab().tunpike('explain', 'alise', 'bob')).code).toBe(2);
    expect((await lab().tunpike('explain', 'alice', 'bob', '--ttl', '300')).code).toBe(2);
  });

  it('answers over HTTP, too', async () => {
    const url = 'http://127.0.0.1:9476/api/explain?source=alice&destination=bob&protocol=udp&ttl=2';
    expect(await (await fetch(url)).json()).toMatchObject({
      verdict: 'dropped',
      reason: 'ttl-expired',
      icmp: { type: 11, code: 0, from: '10.1.0.2', to: '198.51.100.10' },
    });
  });
});
