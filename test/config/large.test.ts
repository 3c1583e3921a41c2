import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');
const network = (at: number): string => `10.${(at >> 8) & 255}.${at & 255}`;
const host = (at: number): string => `10.1.${(at >> 8) & 255}.${at & 255}/8`;
const RED = 'version: 1\nlinks: { red: { gateway: r0 } }\n';
const links = (count: number): string => `version: 1\nlinks:\n${lines(count, (at) => `  l${at}: {}`)}\n`;

/** Files of which a check that compares everything with everything else takes half a minute. */
const LARGE: readonly (readonly [title: string, text: string])[] = [
  ['many unknown keys', `version: 1\nlinks: {}\n${lines(20_000, (at) => `key${at}: 1`)}\n`],
  ['many links that do not exist, among many that do', `${links(15_000)}hosts:\n${lines(9000, (at) => `  h${at}: { interfaces: { lonk${at}: { address: ${network(at)}.2/24 } } }`)}\n`],
  ['many hosts whose devices are cut to the same name', `${RED}hosts:\n${lines(12_000, (at) => `  long-prefix-${at}: { interfaces: { red: { address: ${host(at)} } } }`)}\n`],
  ['many routers with loopback addresses on a link', `${RED}routers:\n${lines(9000, (at) => `  r${at}: { interfaces: { red: { address: ${host(at)} } }, ip: { loopback: 172.16.${at >> 8}.${at & 255}/32 } }`)}\n`],
  ['many routers with a route each', `${RED}routers:\n${lines(7000, (at) => `  r${at}: { interfaces: { red: { address: ${host(at)} } }, routes: [{ to: default, via: 10.1.0.${1 + (at % 200)} }] }`)}\n`],
  ['many routes over many interfaces', `${links(5000)}routers:\n  r:\n    interfaces:\n${lines(5000, (at) => `      l${at}: { address: ${network(at)}.1/24 }`)}\n    routes:\n${lines(10_000, (at) => `      - { to: 20.${at >> 8}.${at & 255}.0/24, via: ${network(at % 5000)}.7 }`)}\n`],
  ['many links that overlap', `${links(10_000)}hosts:\n${lines(10_000, (at) => `  h${at}: { interfaces: { l${at}: { address: ${network(at)}.2/8 } } }`)}\n`],
  ['a multicast route to many links that do not exist', `${links(3000)}routers: { r: { interfaces: {}, multicast: { routes: [{ group: 239.1.1.1, in: l0, out: [${lines(40_000, (at) => `x${at},`)}] }] } } }\n`],
  ['many mistakes below a long name', `version: 1\nlinks:\n  ? ${'k'.repeat(1000)}\n  : { ${lines(50_000, (at) => `a${at}: 1,`)} }\n`],
]; // biome-ignore format: a table

describe('a large file is checked in a time in proportion to it', () => {
  it.each(LARGE)('%s', (_, text) => {
    expect(text.length).toBeLessThan(1_000_000);
    const started = process.cpuUsage().user;
    const { problems, omitted } = readConfiguration(text, 'lab.yaml');
    expect(process.cpuUsage().user - started).toBeLessThan(8_000_000);
    expect(problems.length).toBeLessThanOrEqual(20_000);
    expect(omitted).toBeGreaterThanOrEqual(0);
  });

  it('keeps ten thousand errors, counts the others, and has no message that is long', () => {
    const { problems, omitted } = readConfiguration(LARGE[0]![1], 'lab.yaml');
    expect(problems).toHaveLength(10_000);
    expect(omitted).toBe(10_000);
    const long = readConfiguration(`version: 1\nlinks: { ? "${'k'.repeat(10_000)}" : {} }`, 'lab.yaml');
    for (const { message, path } of long.problems) expect(`${message}${path}`.length).toBeLessThan(1100);
  });

  it('does not lose the errors behind many warnings', () => {
    const text = `${links(12_000)}routers: { r: { interfaces: {} } }\nlog: { level: loud }\n`;
    const { problems } = readConfiguration(text, 'lab.yaml');
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([{ path: 'log.level' }]);
  });
});

it('says nothing of a file that a terminal obeys', () => {
  const text = 'version: 1\nlinks: { "a\\e[2J\\x9b1m\\u202e\\n": {} }\n"k\\e]0;x\\a": 1\n';
  const said = JSON.stringify(readConfiguration(text, 'lab.yaml').problems);
  expect(said).toContain('\\\\u001b[2J\\\\u009b1m\\\\u202e');
  expect(said).not.toMatch(/[\u0080-\u009f\u202a-\u202e]|\\u001b(?<!\\\\u001b)/);
});
