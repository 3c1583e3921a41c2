import { expect, it } from 'vitest';
import { readConfiguration, readInPieces } from '../../src/config/read.js';
import { RouteFiles } from '../../src/config/route-files.js';

/** A lab in which nothing is wrong but what stands in the place of a part. */
const lab = ({ link = '', host = '', router = '', more = '' }): string => `version: 1
links: { red: { ${link} } }
hosts: { a: { interfaces: { red: { address: 10.0.0.2/24${host} } } } }
routers: { r1: { interfaces: { red: { address: 10.0.0.1/24 } }${router} } }
${more}
`;
const saidOf = (text: string): readonly string[] =>
  readConfiguration(text, 'lab.yaml').problems.map(({ code, path }) => `${code} ${path}`);

it.each([
  ['names', lab({ more: 'capture: [{ name: c, file: /a }, { name: c, file: /b }]' }), ['E-DUPLICATE capture[1].name']],
  ['links', lab({ link: 'mtu: 500' }), ['W-MTU links.red.mtu']],
  ['hosts', lab({ host: ', routes: [10.0.0.0/24]' }), ['E-DUPLICATE hosts.a.interfaces.red.routes[0]']],
  ['routes of hosts', lab({ host: ', routes: [{ to: default, via: 10.9.9.9 }]' }), ['E-NEXTHOP hosts.a.interfaces.red.routes[0].via']],
  ['addresses', lab({ router: ', ip: { loopback: 10.0.0.2/32 }' }), ['E-DUPLICATE routers.r1.ip.loopback']],
  ['routers', lab({ router: ', icmp: { source: loopback }' }), ['E-REF routers.r1.icmp.source']],
  ['filters', lab({ router: ', filters: [{ name: f, action: drop, with: net-prohibited }]' }), ['E-KEY routers.r1.filters[0].with']],
  ['IGMP', lab({}).replace('10.0.0.1/24', '10.0.0.1/24, igmp: { robustness: 1 }'), ['W-RANGE routers.r1.interfaces.red.igmp.robustness']],
  ['multicast', lab({ router: ', multicast: { upstream: red }' }), ['W-UNUSED routers.r1.multicast.upstream']],
  ['routes', lab({ router: ', routes: [{ to: 10.0.0.0/24, type: blackhole }]' }), ['E-DUPLICATE routers.r1.routes[0].to']],
  ['the server', lab({ more: 'http: { listen: "0.0.0.0:80" }' }), ['E-RANGE http.listen']],
  ['captures', lab({ more: 'capture: [{ name: c, file: /a, keep: 2 }]' }), ['E-KEY capture[0].keep']],
  ['the schedule', lab({ more: 'schedule: [{ at: 1s, times: 2, do: link down red }]' }), ['E-KEY schedule[0].times']],
  ['YAML', 'a: [', ['E-YAML ']],
  ['nothing', lab({}), []],
])('a file is checked for %s', (_, text, expected) => {
  expect(saidOf(text)).toEqual(expected);
}); // biome-ignore format: a table

it('a file without errors gives a configuration, with warnings, too', () => {
  expect(readConfiguration(lab({ link: 'mtu: 500' }), 'lab.yaml')).toMatchObject({
    configuration: { name: 'lab' },
    omitted: 0,
    routeFiles: [],
  });
  expect(readConfiguration('a: [', 'lab.yaml')).toMatchObject({
    configuration: undefined,
    omitted: 0,
    routeFiles: [],
  });
});

it('others have a turn between the parts of reading a file, and what is read is the same', () => {
  const turnsFor = (text: string): number => {
    const pieces = readInPieces(text, 'lab.yaml', true, new RouteFiles());
    let turns = 0;
    let next = pieces.next();
    for (; next.done !== true; next = pieces.next()) turns += 1;
    expect(next.value).toEqual(readConfiguration(text, 'lab.yaml'));
    return turns;
  };
  expect([turnsFor(lab({})), turnsFor(lab({ link: 'mtu: 1' })), turnsFor('a: [')]).toEqual([5, 5, 1]);
});
