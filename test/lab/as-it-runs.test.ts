import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Failure } from '../../src/failure.js';
import { addRouteLines } from '../../src/lab/change/route-lines.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { routeRows } from '../../src/observe/show.js';
import { filterRows } from '../../src/observe/show-filters.js';
import { linkRows } from '../../src/observe/show-links.js';
import { showConfig } from '../../src/runtime/services/show-config.js';
import { milliseconds, seconds } from '../../src/time.js';
import { perform } from '../support/changes.js';
import { configured } from '../support/configured.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-as-it-runs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FILE = join(folder, 'lab.yaml');
const table = (name: string, lines: readonly string[]): void =>
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
table('one.txt', [
  '10.1.0.0/16 via 192.0.2.2',
  'blackhole 10.2.0.0/16',
  '10.3.0.0/16 via 192.0.2.6 metric 5',
  '10.3.0.0/16 via 192.0.2.2',
]);
table('two.txt', ['10.4.0.0/16 via 192.0.2.6', '10.5.0.0/16 via 192.0.2.2 metric 7']);

const TEXT = `
links: { red: {}, blue: { delay: 10ms }, green: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 192.0.2.2/30 } } }
  carol: { interfaces: { green: { address: 192.0.2.6/30 } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 192.0.2.1/30 }, green: { address: 192.0.2.5/30 } }
    routes: [{ to: 10.6.0.0/16, via: 192.0.2.2 }, { file: one.txt }, { to: 10.7.0.0/16, type: prohibit, tos: 16 }, { file: two.txt }]
    filters: [{ name: first, in: red, action: drop, match: { protocol: tcp } }, { name: soon, action: accept, for: 1m }]
schedule: [{ at: 1h, do: link reset blue }]
`;

const started = (): VirtualLab => new VirtualLab(configured(TEXT, FILE));
interface Printed {
  readonly links: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly routers: {
    readonly r1: { readonly routes: readonly object[]; readonly filters: readonly object[] };
  };
  readonly schedule: readonly { readonly at: string; readonly do: string }[];
}
const printed = ({ lab, now }: VirtualLab): Printed => showConfig(lab, now).value as Printed;

/** A lab that was started with what another one prints, when its schedule has done what is to be done at once. */
const again = (lab: VirtualLab): VirtualLab => {
  const text = stringify(printed(lab)).replace('version: 1\n', '');
  const fresh = new VirtualLab(configured(text, FILE));
  fresh.advance(milliseconds(100));
  return fresh;
};

/** Without what says by which command or file it came to be. */
const routesOf = ({ lab }: VirtualLab): string[] =>
  [...routeRows(lab)].map(({ origin, ...row }) =>
    JSON.stringify({ ...row, isConnected: origin === 'connected' }),
  );
const filtersOf = ({ lab, now }: VirtualLab): object[] =>
  [...filterRows(lab, now)].map(({ expiresSeconds, origin: _, ...row }) => ({
    ...row,
    passes: expiresSeconds !== null,
  }));
const linksOf = ({ lab }: VirtualLab): object[] =>
  [...linkRows(lab)].map(({ link, from, state, mtu, delaySeconds, loss, rateBitsPerSecond }) => ({
    ...{ link, from, state, mtu, delaySeconds, loss, rateBitsPerSecond },
  }));

describe('show config', () => {
  it('names a table of routes as long as it has all of them', () => {
    const lab = started();
    perform(lab, 'route add 10.9.0.0/16 via 192.0.2.2');
    perform(lab, 'route del 10.6.0.0/16');
    perform(lab, 'route replace prohibit 10.7.0.0/16 tos 0x10');
    expect(printed(lab).routers.r1.routes).toEqual([
      { file: 'one.txt' },
      { file: 'two.txt' },
      { to: '10.7.0.0/16', type: 'prohibit', metric: 0, tos: 16 },
      { to: '10.9.0.0/16', via: '192.0.2.2', metric: 0 },
    ]);
  });

  it('lists what is left of a table of which a route was replaced or deleted, and the other as a file', () => {
    const lab = started();
    perform(lab, 'route replace 10.1.0.0/16 via 192.0.2.6');
    perform(lab, 'route del 10.3.0.0/16 metric 5');
    expect(printed(lab).routers.r1.routes).toEqual([
      { to: '10.6.0.0/16', via: '192.0.2.2', metric: 0 },
      { to: '10.7.0.0/16', type: 'prohibit', metric: 0, tos: 16 },
      { to: '10.2.0.0/16', type: 'blackhole', metric: 0 },
      { to: '10.3.0.0/16', via: '192.0.2.2', metric: 0 },
      { file: 'two.txt' },
      { to: '10.1.0.0/16', via: '192.0.2.6', metric: 0 },
    ]);
    expect(routesOf(again(lab))).toEqual(routesOf(lab));
  });

  it('has a route by a next hop that no key can say as a command of the schedule', () => {
    const text = `
links: { red: {}, blue: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } }, bob: { interfaces: { blue: { address: 203.0.113.20/32 } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 }, blue: {} }, ip: { loopback: 192.0.2.255/32 } } }
`;
    const lab = new VirtualLab(configured(text, FILE));
    perform(lab, 'route add 10.0.0.0/8 via 203.0.113.7 dev blue');
    expect(printed(lab)).toMatchObject({
      routers: { r1: { routes: [] } },
      schedule: [{ at: '0s', do: 'route add 10.0.0.0/8 via 203.0.113.7 dev blue -r r1' }],
    });
    expect(routesOf(again(lab))).toEqual(routesOf(lab));
  });

  it('says of links what is set for good, and has the schedule do the rest for the time that is left', () => {
    const lab = started();
    perform(lab, 'link set blue --loss 1% --mtu 1400');
    perform(lab, 'link set blue --delay 2s --rate 1mbit --for 10s');
    perform(lab, 'link set blue --rate 2mbit');
    perform(lab, 'link set red --loss 100% --from alice --for 30s');
    perform(lab, 'link down green');
    perform(lab, 'link down red --for 20s');
    lab.advance(seconds(4));
    const { links, schedule } = printed(lab);
    expect(links.blue).toMatchObject({ delay: '10ms', loss: '1%', mtu: 1400, rate: '2mbit' });
    expect(links.red).not.toHaveProperty('from');
    expect(schedule.map(({ at, do: line }) => `${at} ${line}`)).toEqual([
      '0s link set red --loss 100% --from alice --for 26s',
      '1ms link down red --for 16s',
      '2ms link set blue --delay 2s --for 6s',
      '3ms link down green',
      '3600s link reset blue',
    ]);
    const fresh = again(lab);
    expect(linksOf(fresh)).toEqual(linksOf(lab));
    // Whoever prints it again has no more to do at once.
    expect(printed(fresh).schedule.filter(({ do: line }) => line === 'link down green')).toHaveLength(1);
    for (const each of [lab, fresh]) each.advance(seconds(30));
    expect(linksOf(fresh)).toEqual(linksOf(lab));
  });

  it('names a preset only while each of its keys is set', () => {
    const lab = started();
    perform(lab, 'link set blue --preset wifi --for 10s');
    perform(lab, 'link set blue --delay 0');
    perform(lab, 'link set red --preset dsl');
    expect(printed(lab)).toMatchObject({
      links: { red: { preset: 'dsl', delay: '22ms' }, blue: { delay: '0s' } },
      schedule: [{ do: 'link set blue --jitter 1.5ms --rate 40mbit --for 10s' }, {}],
    });
    expect(linksOf(again(lab))).toEqual(linksOf(lab));
  });

  it('has the filters in force, each with the time that it has left', () => {
    const lab = started();
    perform(lab, 'filter del first');
    perform(lab, 'filter add --in r1.red --protocol udp --destination-port 53 --action reject --name dns');
    perform(lab, 'filter add --action drop --source 198.51.100.10 --limit 3 --for 30s --name brief');
    lab.advance(seconds(10));
    expect(printed(lab).routers.r1.filters).toMatchObject([
      { name: 'soon', for: '50s' },
      { name: 'dns', in: 'red', action: 'reject', match: { protocol: 'udp', 'destination-port': 53 } },
      { name: 'brief', for: '20s', limit: 3 },
    ]);
    expect(filtersOf(again(lab))).toEqual(filtersOf(lab));
  });

  it('gives the same lab again, whatever was changed', () => {
    const prefix = fc.integer({ min: 0, max: 9 }).map((at) => `10.${at}.0.0/16`);
    const way = fc.constantFrom(
      'via 192.0.2.2',
      'via 192.0.2.6',
      'nexthop via 192.0.2.2 weight 3 nexthop via 192.0.2.6',
    );
    const metric = fc.constantFrom('', ' metric 5', ' metric 7', ' tos 0x10');
    const route = fc
      .tuple(fc.constantFrom('add', 'replace'), prefix, way, metric)
      .map(([verb, to, by, more]) => `route ${verb} ${to}${more} ${by}`);
    const silent = fc
      .tuple(fc.constantFrom('blackhole', 'unreachable', 'prohibit'), prefix, metric)
      .map(([type, to, more]) => `route replace ${type} ${to}${more}`);
    const del = fc.tuple(prefix, metric).map(([to, more]) => `route del ${to}${more}`);
    const link = fc.constantFrom(
      'link set blue --loss 5%',
      'link set blue --delay 1ms --for 1h',
      'link set red --preset wifi --from alice --for 2h',
      'link down green --for 1h',
      'link down green',
      'link up green',
      'link reset blue',
      'filter del first',
      'filter add --action drop --protocol igmp',
      'icmp set --redirects false --rate-limit-burst 3',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(route, silent, del, link), { size: 'max', maxLength: 30 }), (lines) => {
        const lab = started();
        for (const line of lines)
          try {
            perform(lab, line);
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
          }
        const fresh = again(lab);
        expect(routesOf(fresh)).toEqual(routesOf(lab));
        expect(linksOf(fresh)).toEqual(linksOf(lab));
        expect(filtersOf(fresh)).toEqual(filtersOf(lab));
        expect(fresh.lab.configuration.routers.get('r1')!.settings).toEqual(
          lab.lab.configuration.routers.get('r1')!.settings,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('looks through a long table in steps', () => {
    table(
      'many.txt',
      Array.from({ length: 1500 }, (_, at) => `11.${at >> 8}.${at & 255}.0/24 via 192.0.2.2`),
    );
    const lab = new VirtualLab(configured(TEXT.replace('two.txt', 'many.txt'), FILE));
    perform(lab, 'route del 11.3.7.0/24');
    addRouteLines(
      lab.lab,
      { isReplacing: true, firstLine: 1, lines: ['11.4.0.0/24 via 192.0.2.6'] },
      lab.now,
    );
    const steps = [...{ [Symbol.iterator]: () => showConfig(lab.lab, lab.now).text() }];
    expect(steps.filter((each) => each === undefined).length).toBeGreaterThan(10);
    expect(routesOf(again(lab))).toEqual(routesOf(lab));
  });
});
