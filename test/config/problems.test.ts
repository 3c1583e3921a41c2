import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';
import { EXAMPLE } from './example.js';
import { marked } from './marked.js';
import { CHANGES, igmp, lab, MISTAKES, routes, second, withHosts, withRouter } from './mistakes.js';
import { NETWORK_MISTAKES } from './network-mistakes.js';
import { saidIn, saying } from './said.js';

const expectedOf = saidIn('problems.txt');

describe('the problems of a file, each at its place, and no others', () => {
  it.each(MISTAKES)('%s', (title, source) => {
    const { text, expected } = marked(source);
    const { configuration, problems } = readConfiguration(text, 'lab.yaml');
    expect(problems.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual(expected);
    expect(configuration === undefined).toBe(expected.some((each) => each.includes(' E-')));
    for (const { file } of problems) expect(file).toBe('lab.yaml');
    const found = saying(problems);
    expect(found).toBe(expectedOf(title, found));
  });
});

it.each(NETWORK_MISTAKES)('what is said of a lab with %s is what stands in problems.txt', (title, source) => {
  const found = saying(readConfiguration(source, 'lab.yaml').problems);
  expect(found).toBe(expectedOf(title, found));
});

describe('the problems of a file with every key, once all is available', () => {
  it.each(CHANGES)('%s → %s', (from, to) => {
    expect(EXAMPLE).toContain(from);
    const { text, expected } = marked(EXAMPLE.replace(from, to));
    const { problems } = readConfiguration(text, 'lab.yaml');
    const found = problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
    expect(saying(problems)).toBe(expectedOf(`${from} → ${to}`, saying(problems)));
    if (to === 'query-interval: 10s') expect(problems).toMatchObject([{ code: 'E-RANGE' }]);
    else if (to === 'action: drop') expect(problems).toMatchObject([{ code: 'E-KEY' }]);
    else expect(found).toEqual(expected);
  });
});

describe('the fix of a problem', () => {
  const fixOf = (source: string): string =>
    readConfiguration(marked(source).text, 'lab.yaml').problems[0]!.fix;

  it.each([
    [lab({ more: 'cotnrol: {}' }), 'did you mean `control`?'],
    [lab({ links: 'links: { red: { gateway: r2 }, blue: {} }' }), 'did you mean `r1`?'],
    [withHosts(`  a: { interfaces: { rde: { address: 10.0.0.2/24 } } }\n  ${second}`), 'did you mean `red`?'],
    [withRouter('ip: { reverse-path: strickt }'), 'did you mean `strict`?'],
    [withRouter('icmp: { redirects: yes }'), 'write `true`'],
    [
      routes('{ to: 10.9.0.1/16, type: blackhole }'),
      'write `10.9.0.0/16`, or `10.9.0.1/32` for that single address',
    ],
    [lab({ links: 'links: { red: { mtu: 1 }, blue: {} }' }), 'write a number from 68 to 65535'],
    [igmp('{ version: "2" }'), 'write `2`, without quotes'],
    [igmp('{ router-alert: "false" }'), 'write `false`, without quotes'],
    [igmp('{ query-interval: 60 }'), 'write a duration in one of ms, s, m, h, such as `60s`'],
    [igmp('{ deny-groups: [239.0.0.0/8] }'), 'write `{ group: 239.0.0.0/8 }`'],
    [igmp('{ fast-leave: perhaps }'), 'write one of never, always, tracked'],
  ])('%# says what to write', (source, fix) => {
    expect(readConfiguration(source, 'lab.yaml').problems.map((each) => each.fix)).toContain(fix);
    expect(fixOf(source)).not.toBe('');
  });
});

describe('what would eat the memory or the time of the reader', () => {
  const bomb = Array.from(
    { length: 9 },
    (_, i) =>
      `k${i}: &k${i} [${Array(10)
        .fill(i === 0 ? 'x' : `*k${i - 1}`)
        .join(', ')}]`,
  );
  it.each([
    ['brackets in brackets', '['.repeat(100_000)],
    ['braces in braces', '{a: '.repeat(50_000)],
    ['lists in lists', '- '.repeat(50_000)],
    ['keys in keys', '? '.repeat(50_000)],
    ['a long way to the right', `a:\n${' '.repeat(500)}b: 1`],
    ['aliases of aliases', bomb.join('\n')],
    ['many aliases', `a: &a 1\nb: [${'*a,'.repeat(100_000)}]`],
    ['a long file', '#'.repeat(1_000_001)],
  ])('is refused in time: %s', (_, text) => {
    const started = performance.now();
    expect(readConfiguration(text, 'lab.yaml').problems).toMatchObject([{ code: 'E-YAML' }]);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
