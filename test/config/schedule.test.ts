import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';

const problemsOf = (entry: string): string[] => {
  const text = `version: 1
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24, igmp: {} } } } }
schedule:
  - ${entry}
`;
  return readConfiguration(text, 'lab.yaml').problems.map(
    ({ line, column, code, message, fix }) => `${line}:${column} ${code} ${message}: ${fix}`,
  );
};

describe('the schedule of a file', () => {
  it.each([
    '{ at: 5s, do: icmp set --frag-needed false }',
    '{ at: 0s, every: 1s, times: 3, do: igmp query r1.red }',
    '{ at: 5s, do: igmp leave red 239.1.2.3 }',
    '{ at: 5s, do: icmp set --probe -r r1 }',
  ])('may say %s', (entry) => {
    expect(problemsOf(entry)).toEqual([]);
  });

  it.each([
    [
      '{ at: 5s, do: icmp set --frag-neded false }',
      '6:19 E-KEY `icmp set` has no option `--frag-neded`: did you mean `--frag-needed`?',
    ],
    [
      '{ at: 5s, do: icpm set --probe }',
      '6:19 E-KEY `icpm set` changes nothing in a running lab: did you mean `icmp set`?',
    ],
    ['{ at: 5s, do: icmp set --probe -r r2 }', '6:19 E-REF there is no router `r2`: did you mean `r1`?'],
    [
      '{ at: 5s, do: igmp query r1.blue }',
      '6:19 E-REF there is no interface `r1.blue`: use an existing one: r1.red, red',
    ],
    [
      '{ at: 5, do: icmp set --probe }',
      '6:11 E-UNIT `5` has no unit: write a duration in one of ms, s, m, h, such as `5s`',
    ],
    [
      '{ at: 5s, times: 3, do: icmp set --probe }',
      '6:15 E-KEY `times` has no `every`: add how long to wait between, such as `every: 30s`',
    ],
    ['{ do: icmp set --probe }', '6:5 E-KEY `at` is missing: add the key `at`'],
    ['{ at: 5s }', '6:5 E-KEY `do` is missing: add the key `do`'],
  ])('may not say %s', (entry, problem) => {
    expect(problemsOf(entry)).toEqual([problem]);
  });
});
