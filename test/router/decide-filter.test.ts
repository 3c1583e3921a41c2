import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { decide } from '../../src/router/decide.js';
import { emptyVerdict, type Step } from '../../src/router/verdict.js';
import { START } from '../../src/time.js';
import { type DatagramFields, datagram } from '../support/datagram.js';
import { type FilterFields, filter } from '../support/filter.js';
import { type PartialSettings, type TestInterface, testRouter } from '../support/router.js';

type Ends = (red: TestInterface, blue: TestInterface) => readonly FilterFields[];

const made = (fields: Ends, settings: PartialSettings = {}) =>
  testRouter({ settings, filters: (red, blue) => fields(red, blue).map(filter) });

/** The verdict on a datagram from red, and what is told of it after the source was looked at. */
const decided = ({ router, red }: ReturnType<typeof made>, fields: DatagramFields = {}) => {
  const [verdict, steps]: [ReturnType<typeof emptyVerdict>, Step[]] = [emptyVerdict(), []];
  decide(datagram(fields), red, router.tables, verdict, steps);
  const decisions = verdict.decisions.map(({ entry, where }) => [
    entry?.filter.name,
    typeof where === 'string' ? where : where.name,
  ]);
  return { verdict, decisions, told: steps.slice(2).map(({ what, detail }) => `${what} ${detail}`) };
};

describe('what filters decide', () => {
  it('is noted with where it holds: anywhere, for one egress, or for what leaves by none', () => {
    const one = { name: 'one', action: 'accept' as const };
    const decisions = (fields: Ends, octets: DatagramFields = {}) => decided(made(fields), octets).decisions;
    expect(decisions(() => [one])).toEqual([['one', 'anywhere']]);
    expect(decisions((_, blue) => [{ ...one, out: blue }])).toEqual([['one', 'r1.blue']]);
    const ours = { destination: '192.0.2.1' };
    expect(decisions((_, out) => [{ out }, one], ours)).toEqual([['one', 'nowhere']]);
    const fragment = { flags: ipv4.FLAG_MORE_FRAGMENTS };
    const other = { match: { protocol: 6 } };
    expect(decisions(() => [other])).toEqual([]);
    expect(decisions(() => [other], fragment)).toEqual([[undefined, 'anywhere']]);
    expect(decisions((_, out) => [{ out, ...other }], fragment)).toEqual([[undefined, 'anywhere']]);
  });

  it('about a broadcast that is for the router itself is about what leaves by no interface', () => {
    const settings = { ip: { directedBroadcast: true } };
    const toAll = { destination: '192.0.2.255' };
    const out = (red: TestInterface): FilterFields[] => [{ out: red, name: 'out' }];
    expect(decided(made(out, settings), toAll).verdict.fate).toBe('deliver');
    expect(
      decided(
        made((red) => [...out(red), { name: 'all' }], settings),
        toAll,
      ).decisions,
    ).toEqual([['all', 'nowhere']]);
  });

  it('is told before how the datagram ends', () => {
    const told = (fields: Ends, octets?: DatagramFields) => decided(made(fields), octets).told.slice(-2);
    const accept = { name: 'yes', action: 'accept' as const };
    expect(told((_, out) => [{ ...accept, out }])).toEqual([
      'filter yes: accept',
      'out r1.blue to 198.51.100.10',
    ]);
    expect(told((_, out) => [{ out }, accept], { destination: '192.0.2.1' })).toEqual([
      'filter yes: accept',
      'deliver one of our addresses',
    ]);
    expect(told((_, out) => [{ out }, accept], { destination: '10.9.9.9' })).toEqual([
      'filter yes: accept',
      'drop no-route',
    ]);
    const rarely = made(() => [{ name: 'rarely', probability: 0.123456789123 }]);
    expect(decided(rarely).told[0]).toMatch(/by a chance of 12\.3456789%$/);
  });

  it('names the way on only for the MTU that frag-needed tells', () => {
    const egress = (code: 'frag-needed' | 'net-unreachable') =>
      decided(made(() => [{ action: 'reject', with: code }])).verdict.egress?.name;
    expect([egress('frag-needed'), egress('net-unreachable')]).toEqual(['r1.blue', undefined]);
  });
});

describe('what filters decide about fragments', () => {
  const first = { flags: ipv4.FLAG_MORE_FRAGMENTS };
  const last = { offset: 8 };

  it('is told as that of the first one', () => {
    const router = made(() => [{ name: 'no-port', match: { destinationPort: 2000 } }]);
    router.receive(datagram(first));
    expect(decided(router, last).told).toEqual([
      'filter no-port: drop, as for the first fragment',
      'drop filter-drop',
    ]);
  });

  it('also holds where it was that none matches', () => {
    const { router, receive, blue } = made(() => [{ match: { protocol: 6 } }]);
    receive(datagram(first));
    router.filters.add(filter({ name: 'all' }), START);
    receive(datagram(last));
    expect(blue.sent).toHaveLength(2);
    receive(datagram({ ...last, id: 99 }));
    expect(blue.sent).toHaveLength(2);
  });

  it('is decided anew where the first one is sent again', () => {
    const { router, receive, blue } = made(() => [{ name: 'no-port', match: { destinationPort: 2000 } }]);
    receive(datagram(first));
    router.filters.remove('no-port');
    receive(datagram(first));
    receive(datagram({}));
    expect(blue.sent).toHaveLength(2);
  });
});
