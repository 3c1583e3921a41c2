import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/config/configuration.js';
import { readConfiguration } from '../../src/config/read.js';
import { advisedIn, applied, suggestionsOf } from './apply-fix.js';
import { EXAMPLE } from './example.js';
import { marked } from './marked.js';
import { CHANGES, igmp, lab, MISTAKES, routes, second, withHosts, withRouter } from './mistakes.js';

const withRoutes = (list: string): string =>
  withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24, routes: ${list} } } }\n  ${second}`);
const withAddress = (text: string): string =>
  withHosts(`  a: { interfaces: { red: { address: ${text} } } }\n  ${second}`);

/** Mistakes whose fix was itself a mistake, or could easily be. */
const TEMPTING: readonly (readonly [title: string, source: string])[] = [
  ['a route in the words of ip route', routes('default via 10.0.0.2')],
  ['a route in the words of ip route, with a metric', routes('10.9.0.0/16 via 10.0.0.2 metric 5')],
  ['a blackhole in the words of ip route', routes('blackhole 10.9.0.0/16')],
  ['a route that is only a prefix', routes('10.9.0.0/16')],
  ['a route of a host in the words of ip route', withRoutes('[default via 10.0.0.1]')],
  ['a prefix in IPv6', withRoutes('["2001:db8::/32"]')],
  ['routes that are no list', withRoutes('default')],
  ['routes that are no list of routes', withRouter('routes: default')],
  ['an address in a list', withAddress('[10.0.0.2/24]')],
  ['an address that is a network, without a length', withAddress('10.0.0.0')],
  ['a loopback address of 127/8 with a subnet', withRouter('ip: { loopback: 127.0.0.1/8 }')],
  ['an interval that is a word', igmp('{ query-interval: often }')],
  ['an interval below zero', igmp('{ query-interval: -1s }')],
  ['a count of milliseconds that is too large with its unit', igmp('{ query-interval: 99999 }')],
  ['a range of hosts for groups', igmp('{ accept-groups: [{ group: 10.0.0.1/8 }] }')],
  ['an address for groups', igmp('{ accept-groups: [{ group: 10.0.0.1 }] }')],
  ['everything for groups', igmp('{ accept-groups: [{ group: default }] }')],
  ['a misspelt key of a link', lab({ links: 'links: { red: { dely: 15ms }, blue: {} }' })],
  ['a misspelt section', lab({ more: 'captre: []' })],
  ['hosts that are a list', withHosts('  - a')],
  ['a host that is a word', withHosts(`  a: red\n  ${second}`)],
  ['a link that is a number', lab({ links: 'links: { red: 1500, blue: {} }' })],
]; // biome-ignore format: a table

const nameOf = ({ code, path }: Problem): string => `${code} ${path}`;
const errorsOf = (problems: readonly Problem[]): readonly string[] =>
  problems.filter(({ severity }) => severity === 'error').map(nameOf);

/** Does what every fix of a file says, one at a time, and checks again. */
const expectFixes = (text: string): number => {
  const { problems } = readConfiguration(text, 'lab.yaml');
  let count = 0;
  for (const problem of problems) {
    for (const text of advisedIn(problem)) expect(text, problem.fix).toMatch(/^[\w.-]+$|^tunpike /);
    for (const suggestion of suggestionsOf(problem)) {
      const mended = applied(text, problem, suggestion);
      const after = readConfiguration(mended, 'lab.yaml').problems;
      const about = `${problem.message}; fix: ${problem.fix}\n${mended}`;
      expect(after.map(nameOf), about).not.toContain(nameOf(problem));
      expect(errorsOf(problems), about).toEqual(expect.arrayContaining([...errorsOf(after)]));
      count += 1;
    }
  }
  return count;
};

describe('whoever does what a fix says has one problem less, and no new one', () => {
  it.each([...MISTAKES, ...TEMPTING])('%s', (_, source) => {
    expectFixes(marked(source).text);
  });

  it.each(CHANGES)('%s → %s', (from, to) => {
    expectFixes(marked(EXAMPLE.replace(from, to)).text);
  });

  it('finds a fix to paste for half of them', () => {
    const counts = [...MISTAKES, ...TEMPTING].map(([, source]) => expectFixes(marked(source).text));
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(50);
  });
});

it.each([
  [routes('default via 10.0.0.2'), 'write `{ to: default, via: 10.0.0.2 }`'],
  [routes('10.9.0.0/16 via 10.0.0.2 metric 5'), 'write `{ to: 10.9.0.0/16, via: 10.0.0.2, metric: 5 }`'],
  [routes('prohibit 10.9.0.0/16'), 'write `{ to: 10.9.0.0/16, type: prohibit }`'],
  [lab().replace('version: 1\n', ''), 'add `version: 1`'],
  [withRoutes('default'), 'write `[default]`'],
])('%# has a fix that can be pasted', (source, fix) => {
  expect(readConfiguration(source, 'lab.yaml').problems.map((each) => each.fix)).toContain(fix);
});
