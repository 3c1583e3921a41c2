import { describe, expect, it } from 'vitest';
import { describeConfiguration, describeRoute } from '../../src/config/describe.js';
import { describeSection } from '../../src/config/describe-section.js';
import { choice, flag, leaf, list, named, oneOrMore, section, shortened, whole } from '../../src/key.js';
import { configured } from '../support/configured.js';

describe('a section that is described', () => {
  const of = (key: Parameters<typeof describeSection>[0][string], value: unknown): unknown =>
    describeSection({ 'a-key': key }, { aKey: value } as never);

  it('says each value as the file does, and nothing of what is not set', () => {
    expect(of(flag(''), false)).toEqual({ 'a-key': false });
    expect(of(leaf('share', ''), 0.5)).toEqual({ 'a-key': '50%' });
    expect(of(choice('', ['x', 'y']), 'y')).toEqual({ 'a-key': 'y' });
    expect(of(flag(''), undefined)).toEqual({});
    expect(describeSection({ x: flag('') }, { x: true }, 'with-')).toEqual({ 'with-x': true });
  });

  it('says a list as one, of a single address only that, and nothing of an empty one that may not be', () => {
    const names = (range?: { least: number }) => list('', leaf('name', ''), range);
    expect(of(names(), ['a'])).toEqual({ 'a-key': ['a'] });
    expect(of(names(), [])).toEqual({ 'a-key': [] });
    expect(of(names({ least: 1 }), [])).toEqual({});
    expect(of(names({ least: 1 }), ['a'])).toEqual({ 'a-key': ['a'] });
    const addresses = oneOrMore('', leaf('host-address', ''), 9);
    expect(of(addresses, [0x0a000001])).toEqual({ 'a-key': '10.0.0.1' });
    expect(of(addresses, [0x0a000001, 0x0a000002])).toEqual({ 'a-key': ['10.0.0.1', '10.0.0.2'] });
    expect(of(addresses, [])).toEqual({});
  });

  it('says names with what is below each, and nothing of none', () => {
    const key = named('', '', section('', { x: flag('') }));
    expect(of(key, new Map([['n', { x: true }]]))).toEqual({ 'a-key': { n: { x: true } } });
    expect(of(key, new Map())).toEqual({});
  });

  it('says a section by the value of one key alone where the file may, and nothing else is set', () => {
    const both = section('', { to: whole('', 0, 9), via: whole('', 0, 9) });
    expect(of(shortened('to', both), { to: 5, via: undefined })).toEqual({ 'a-key': 5 });
    expect(of(shortened('to', both), { to: 5, via: 6 })).toEqual({ 'a-key': { to: 5, via: 6 } });
    expect(of(shortened('to', both), { to: undefined, via: 6 })).toEqual({ 'a-key': { via: 6 } });
    expect(of(both, { to: 5, via: undefined })).toEqual({ 'a-key': { to: 5 } });
    expect(of(both, { to: undefined, via: undefined })).toEqual({ 'a-key': {} });
  });
});

describe('a route that is described', () => {
  const to = { network: 0x0a000000, length: 8 };
  const hop = (weight: number) => ({ via: 0x0a000002, weight, link: 'red' });
  const route = (nexthops: ReturnType<typeof hop>[]): object =>
    describeRoute({ to, type: 'unicast', metric: 0, tos: undefined, nexthops });

  it('has one next hop of the usual weight as `via`, any other and several as `nexthops`', () => {
    const rest = { to: '10.0.0.0/8', metric: 0 };
    expect(route([hop(1)])).toEqual({ ...rest, via: '10.0.0.2' });
    expect(route([hop(2)])).toEqual({ ...rest, nexthops: [{ via: '10.0.0.2', weight: 2 }] });
    expect(route([hop(1), hop(2)])).toEqual({
      ...rest,
      nexthops: [
        { via: '10.0.0.2', weight: 1 },
        { via: '10.0.0.2', weight: 2 },
      ],
    });
  });

  it('has a type where it is none to next hops', () => {
    expect(describeRoute({ to, type: 'prohibit', metric: 7, tos: 16 })).toEqual({
      to: '10.0.0.0/8',
      type: 'prohibit',
      metric: 7,
      tos: 16,
    });
  });
});

it('a configuration is described with its server only where it has one', () => {
  const file = 'links: { red: {} }\nhosts: { a: { interfaces: { red: { address: 10.0.0.2/24 } } } }\n';
  const without = describeConfiguration(configured(file));
  expect(without).not.toHaveProperty('http');
  expect(without).toMatchObject({ version: 1, name: 'lab', schedule: [], capture: [], routers: {} });
  const http = describeConfiguration(configured(`${file}http: { listen: "127.0.0.1:1" }`));
  expect(http).toMatchObject({ http: { listen: '127.0.0.1:1' } });
});
