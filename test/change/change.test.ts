import { describe, expect, it } from 'vitest';
import { type Change, parseChange, parseChangeLine } from '../../src/change/change.js';
import { flattened, replaced } from '../../src/change/flatten.js';
import { wordsOf } from '../../src/change/line.js';
import { DEFAULT_SETTINGS, ICMP_KEYS } from '../../src/settings.js';
import { isFault } from '../../src/text/fault.js';

const read = (line: string): Change => {
  const change = parseChangeLine(line);
  if (isFault(change)) throw new Error(`${change.message}: ${change.fix}`);
  return change;
};

const faultOf = (line: string): string => {
  const change = parseChangeLine(line);
  if (!isFault(change)) throw new Error(`${line} was read`);
  return `${change.message}: ${change.fix}`;
};

describe('a change, as it is typed', () => {
  it('has arguments and options in any order', () => {
    const wanted = {
      kind: 'igmp leave',
      arguments: { interface: 'r1.red', group: 0xef010203 },
      options: { source: 0xc0000201 },
    };
    expect(read('igmp leave r1.red 239.1.2.3 --source 192.0.2.1')).toEqual(wanted);
    expect(read('igmp leave --source=192.0.2.1 r1.red 239.1.2.3')).toEqual(wanted);
    expect(read('igmp leave r1.red --group 239.1.2.3 --source=192.0.2.1')).toEqual(wanted);
    expect(read('igmp leave --interface=r1.red 239.1.2.3 --source=192.0.2.1')).toEqual(wanted);
    expect(read('filter del --name f -r r1')).toEqual(read('filter del -r r1 f'));
  });

  it('has the values, units and ranges of the file', () => {
    expect(
      read('icmp set --frag-needed false --source ingress --rate-limit-per-destination-burst 7 -r r2'),
    ).toEqual({
      kind: 'icmp set',
      arguments: {},
      options: { fragNeeded: false, source: 'ingress', rateLimitPerDestinationBurst: 7, router: 'r2' },
    });
    expect(read('icmp set --extensions incoming,next-hop')).toMatchObject({
      options: { extensions: ['incoming', 'next-hop'] },
    });
    expect(read('icmp set --extensions none')).toMatchObject({ options: { extensions: [] } });
    expect(read('igmp query r1.red --group 239.1.2.3 --max-response 1.5s')).toMatchObject({
      options: { maxResponse: 1500 },
    });
  });

  it('has flags whose value may be left out', () => {
    expect(read('icmp set --redirects --probe')).toMatchObject({ options: { redirects: true, probe: true } });
    expect(read('icmp set --redirects --probe false')).toMatchObject({
      options: { redirects: true, probe: false },
    });
  });

  it.each([
    ['icmp set --frag-neded false', 'has no option `--frag-neded`: did you mean `--frag-needed`?'],
    ['icmp set --frag-needed no', '--frag-needed: `no` is not true or false'],
    ['icmp set', '`icmp set` changes nothing: add an option, such as `--frag-needed false`'],
    ['icmp set -r r2', '`icmp set` changes nothing'],
    [
      'icmp set --source engress',
      '`engress` is not one of egress, ingress, loopback: did you mean `egress`?',
    ],
    ['icmp set --rate-limit-burst 0', '`0` is out of range: write a number from 1 to 1000000'],
    ['icmp set --rate-limit-burst many', '`many` is not a whole number: write a number from 1 to 1000000'],
    ['icmp set --rate-limit-burst', '`--rate-limit-burst` has no value: write one: `--rate-limit-burst N`'],
    ['icmp set --probe --probe', '`--probe` is written twice: write it once'],
    ['icmp get --probe', '`icmp` has no `get`: did you mean `icmp set`?'],
    ['imcp set --probe', 'did you mean `icmp set`?'],
    ['frobnicate', '`frobnicate` changes nothing in a running lab: write one of'],
    ['igmp leave r1.red', '`igmp leave` needs GROUP: write `igmp leave INTERFACE GROUP`'],
    ['igmp leave r1.red 239.1.2.3 x', '`x` is one word too many: write `igmp leave INTERFACE GROUP`'],
    ['igmp leave r1.red 192.0.2.1', 'group: '],
    ['igmp leave r1.red 239.1.2.3 --group 239.1.2.3', '`239.1.2.3` is one word too many'],
    ['igmp leave --group 239.1.2.3', '`igmp leave` needs INTERFACE'],
    ['igmp leave r1.red --group 239.1.2.3 --group 239.1.2.3', '`--group` is written twice'],
    ['igmp leave r1.red --group x', '--group: '],
    ['igmp query r1.red --source 192.0.2.1', 'a query for a source needs its group: add --group'],
    ['igmp query r1.red --group 239.1.2.3 --max-response 2h', '--max-response: `2h` is out of range'],
    ['igmp query r1.red --max-response 5', '`5` has no unit'],
    ['icmp set --router "', 'a quote " is not closed'],
  ])('says what is wrong with %s', (line, message) => {
    expect(faultOf(line)).toContain(message);
  });

  it('never throws, whatever the words', () => {
    for (const words of [
      [],
      [''],
      ['icmp'],
      ['icmp', 'set', '-'],
      ['icmp', 'set', '--'],
      ['__proto__', 'toString'],
    ])
      expect(isFault(parseChange(words))).toBe(true);
  });
});

describe('a line', () => {
  it('is split as a shell does', () => {
    expect(wordsOf(`  link set "my link"  --loss\t1% '' a"b c"d`)).toEqual([
      'link', 'set', 'my link', '--loss', '1%', '', 'ab cd',
    ]); // biome-ignore format: words
    expect(wordsOf('   ')).toEqual([]);
  });
});

describe('keys of sections inside a section', () => {
  it('have one name each, and replace what they name', () => {
    expect(Object.keys(flattened(ICMP_KEYS))).toContain('rate-limit-per-destination-per-second');
    const { icmp } = DEFAULT_SETTINGS;
    const changed = replaced(icmp, ICMP_KEYS, { rateLimitPerDestinationBurst: 9, probe: true });
    expect(changed).toEqual({
      ...icmp,
      probe: true,
      rateLimit: { ...icmp.rateLimit, perDestination: { ...icmp.rateLimit.perDestination, burst: 9 } },
    });
    expect(replaced(icmp, ICMP_KEYS, {})).toEqual(icmp);
  });
});
