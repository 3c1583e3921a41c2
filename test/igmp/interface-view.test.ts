import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { interfaceView } from '../../src/igmp/interface-view.js';
import { ip } from '../support/datagram.js';
import { Bench, G, query } from './bench.js';

describe('the view of an interface', () => {
  it('K01 says who queries, when next, and by which variables', () => {
    const bench = new Bench(
      { staticGroups: [{ group: prefixOf(ip(G), 32), source: undefined }] },
      '192.0.2.9',
    ).until(50_000);
    bench.say(['to-ex', G], ['to-ex', '239.2.2.2']);
    expect(interfaceView(bench.igmp, bench.now)).toMatchObject({
      role: 'querier',
      version: 3,
      querier: ip('192.0.2.9'),
      nextQuery: 106_250,
      otherQuerierExpires: undefined,
      groups: 2,
      robustness: 2,
      queryInterval: 125_000,
      groupMembershipInterval: 270_000,
    });
  });

  it('K01 counts groups and prefixes, each once, reported or fixed', () => {
    const staticGroups = [
      { group: prefixOf(ip(G), 32), source: undefined },
      { group: prefixOf(ip('239.3.0.0'), 16), source: undefined },
      { group: prefixOf(ip('239.4.0.0'), 16), source: undefined },
    ];
    const bench = new Bench({ staticGroups });
    bench.say(['to-ex', G], ['to-ex', '239.2.2.2'], ['to-ex', '239.3.3.3']);
    expect(interfaceView(bench.igmp, bench.now).groups).toBe(5);
  });

  it('K01 H06 says who took the office, and for how long', () => {
    const bench = new Bench({}, '192.0.2.9');
    bench.hear(query('192.0.2.5'));
    const expected = {
      role: 'non-querier',
      querier: ip('192.0.2.5'),
      otherQuerierExpires: 245_000,
      nextQuery: undefined,
    };
    expect(interfaceView(bench.until(10_000).igmp, bench.now)).toMatchObject(expected);
    bench.igmp.down(bench.now);
    expect(interfaceView(bench.igmp, bench.now)).toMatchObject({ role: 'non-querier', querier: undefined });
  });

  it('K01 says where this router is only a host', () => {
    const bench = new Bench({}, '192.0.2.9', 'host');
    bench.hear(query('192.0.2.5', { version: 2 }));
    expect(interfaceView(bench.igmp, bench.now)).toMatchObject({
      role: 'host',
      version: 2,
      querier: ip('192.0.2.5'),
    });
    bench.igmp.down(bench.now);
    expect(interfaceView(bench.igmp, bench.now)).toMatchObject({ role: 'host', querier: undefined });
  });
});
