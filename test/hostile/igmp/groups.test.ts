import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupViews } from '../../../src/igmp/group-view.js';
import { interfaceView } from '../../../src/igmp/interface-view.js';
import { Bench, G, query, report, S1, S2, v1Report, v2Leave, v2Report } from '../../igmp/bench.js';
import { groups } from '../targets/groups.js';

describe('the groups of an interface', () => {
  it('E28 H01 H02 K01 make sense, are counted and shown, whatever is reported, asked and left when', () => {
    const event = fc.tuple(fc.nat(255), fc.nat(255), fc.oneof(fc.nat(15), fc.nat(255)));
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(0), fc.nat(255)),
        fc.array(event, { maxLength: 30 }),
        (choice, events) => {
          groups.run(Uint8Array.from([choice, ...events.flat()]));
        },
      ),
      { numRuns: 300, seed: 9776 },
    );
  });

  it('K01 K02 leave each kind of message in one counter, and as many groups shown as there are', () => {
    const message = fc.constantFrom(
      report([['to-ex', G]]),
      report([['allow', '232.1.1.1', [S1, S2]]]),
      report([['to-ex', '232.1.1.1']]),
      report([[9, G]]),
      v1Report(G),
      v2Report('239.2.2.2'),
      v2Leave(G),
      query('192.0.2.77'),
      query('192.0.2.77', { group: G }),
      query('192.0.2.77', { version: 2 }, { ttl: 2 }),
      report([['to-ex', G]], { source: '198.51.100.1' }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(message, fc.nat(100_000)), { maxLength: 40 }), (steps) => {
        const bench = new Bench({ maxGroups: 2 });
        for (const [datagram, pause] of steps) bench.after(pause).hear(datagram);
        const { received, refused, sent } = bench.igmp.counters;
        const sum = (counts: object): number =>
          Object.values(counts).reduce((total, each) => total + each, 0);
        expect(sum(received) + refused['wrong-ttl'] + refused['off-subnet']).toBe(steps.length);
        expect(sum(sent)).toBe(bench.sent.length);
        const view = interfaceView(bench.igmp, bench.now);
        expect(view.groups).toBe(groupViews(bench.igmp.memberships, bench.now).length);
      }),
      { numRuns: 100 },
    );
  });
});
