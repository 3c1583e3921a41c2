import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/drop-reason.js';
import type { Interface } from '../../src/interface.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { datagram } from '../support/datagram.js';
import { testInterface } from '../support/router.js';
import { DATAGRAM, forwarding, G, SENDER } from './multicast-flows.js';

const ttl = (ttl: number): Parcel => parcelOf(datagram({ ttl }));

describe('a multicast route', () => {
  it('is computed once, until somebody joins or leaves the group', () => {
    const { multicast, asked, join, leaveAll, take, outgoing } = forwarding('blue');
    take();
    take(SENDER + 1);
    take(SENDER, G + 1);
    const before = asked();
    expect([outgoing(), outgoing(SENDER + 1), outgoing(SENDER, G + 1)]).toEqual([['blue'], ['blue'], []]);
    join('green', G);
    join('green', G + 1);
    multicast.changed(G + 2);
    expect([outgoing(), outgoing(SENDER, G + 1)]).toEqual([['blue'], []]);
    expect(asked()).toBe(before);
    multicast.changed(G);
    const both = ['blue', 'green'];
    expect([outgoing(), outgoing(SENDER + 1), outgoing(SENDER, G + 1)]).toEqual([both, both, []]);
    multicast.changed(G + 1);
    expect(outgoing(SENDER, G + 1)).toEqual(['green']);
    take();
    const after = asked();
    expect(outgoing()).toEqual(both);
    expect(asked()).toBe(after);
    multicast.changed();
    leaveAll();
    expect([outgoing(), outgoing(SENDER, G + 1)]).toEqual([[], []]);
  });

  it('is shown as it is now, with the reasons why others are blocked', () => {
    const { multicast, join, take, view } = forwarding('blue');
    take();
    expect(view()).toMatchObject({
      outgoing: [{ link: 'blue' }],
      blocked: [
        { interface: { link: 'red' }, why: 'it is where they arrive' },
        { interface: { link: 'green' }, why: 'nobody on green' },
      ],
    });
    join('green', G);
    multicast.changed(G);
    expect(view()?.outgoing).toMatchObject([{ link: 'blue' }, { link: 'green' }]);
  });

  it('is shown without the interfaces whose threshold the last datagram did not reach', () => {
    const { take, view, red, blue, green } = forwarding('blue', 'green');
    const why = 'TTL 9 is below its threshold of 16 (multicast-ttl-threshold)';
    take(SENDER, G, { parcel: ttl(9), withheld: [[green, 'multicast-ttl']] });
    expect(view()).toMatchObject({
      outgoing: [{ link: 'blue' }],
      blocked: [{ interface: green, why }, { interface: red }],
    });
    take(SENDER, G, { withheld: [[blue, 'would-fragment']] });
    expect(view()?.outgoing).toEqual([blue, green]);
    take(SENDER, G, { parcel: ttl(9), withheld: [[green, 'multicast-ttl']] });
    take(SENDER, G);
    expect(view()?.outgoing).toEqual([blue, green]);
  });

  it('tells from then on where some datagrams were too long to leave', () => {
    const { take, view, red, blue, green } = forwarding('blue', 'green');
    const why = 'would-fragment: some datagrams are longer than its MTU of 1500, and have DF set';
    const narrow = (egress: Interface, reason: DropReason = 'would-fragment') =>
      take(SENDER, G, { withheld: [[egress, reason]] });
    narrow(blue, 'host-unreachable');
    expect(view()?.blocked).toMatchObject([{ interface: red }]);
    narrow(blue);
    narrow(green);
    take();
    expect(view()?.blocked).toMatchObject([
      ...[{ interface: blue, why }, { interface: green, why }, { interface: red }],
    ]);
    expect(view()?.outgoing).toEqual([blue, green]);
  });
});

describe('the counters of a flow', () => {
  it('are those of its source, its group and its ingress, however near they are to others', () => {
    const { take, view, join, multicast, red, blue } = forwarding('green');
    const groups = [G, G + 1, G + 0x100, G + 0x10000];
    for (const group of groups) join('green', group);
    const sources = [SENDER, SENDER + 1, SENDER + 0x10000, SENDER + 0x20_0000, 0xffff_fffe, 0xffff_ffff];
    const flows = [
      ...sources.flatMap((source) => [red, blue].map((ingress) => [source, G, ingress] as const)),
      ...groups.slice(1).map((group) => [SENDER, group, red] as const),
    ];
    for (const [at, [source, group, ingress]] of flows.entries())
      for (let time = 0; time <= at; time += 1) take(source, group, { ingress });
    expect([...multicast.views()]).toHaveLength(flows.length);
    for (const [at, flow] of flows.entries())
      expect(view(...flow)).toMatchObject({ packets: at + 1, octets: 100 * (at + 1) });
  });

  it('count each datagram of a super-datagram, with its headers', () => {
    const { take, view } = forwarding('blue');
    take();
    take(SENDER, G, { parcel: { ...parcelOf(DATAGRAM), segment: 24, datagrams: 3, headers: 28 } });
    expect(view()).toMatchObject({ packets: 4, octets: 100 + 100 + 2 * 28 });
  });

  it('leave out what went nowhere, but tell the last reason', () => {
    const { take, view } = forwarding('blue');
    take(SENDER, G, { reason: 'multicast-ttl' });
    expect(view()).toMatchObject({ packets: 0, octets: 0, lastReason: 'multicast-ttl' });
    take();
    expect(view()).toMatchObject({ packets: 1, octets: 100, lastReason: undefined });
  });

  it.each([
    [8, 9, undefined, true],
    [8, 8, undefined, true],
    [8, 7, undefined, false],
    [8, 9, 'multicast-ttl', false],
  ] as const)(
    'tell whether the TTL was raised: from %i to %i, with the reason %s',
    (from, to, reason, raised) => {
      const { take, view } = forwarding('blue');
      take(SENDER, G, { parcel: ttl(from), ttl: to, ...(reason && { reason }) });
      expect(view()?.isTtlRaised).toBe(raised);
    },
  );
});

describe('other tables', () => {
  it('leave the flows and their counters as they are, but not their routes', () => {
    const { multicast, tables, take, view, outgoing, blue } = forwarding('blue');
    take();
    multicast.apply({ ...tables, settings: { ...tables.settings, upstream: tables.interfaces[2] } });
    expect(outgoing()).toEqual(['blue', 'green']);
    take();
    expect(view()).toMatchObject({ packets: 2, incoming: { link: 'red' } });
    multicast.apply({ ...tables, interfaces: [tables.interfaces[0]!, blue] });
    expect(outgoing()).toEqual(['blue']);
  });

  it('end the flows of an interface that is gone, and of none that has another index', () => {
    const { multicast, tables, take, view, outgoing, leaveAll, red, blue, green } = forwarding('green');
    take(SENDER, G, { ingress: blue });
    take();
    take(SENDER + 1);
    multicast.apply({ ...tables, interfaces: [red, green] });
    expect([...multicast.views()]).toHaveLength(2);
    take();
    expect(view()).toMatchObject({ packets: 2, octets: 200 });
    // Routes are computed anew, now and whenever somebody joins or leaves.
    leaveAll();
    expect(outgoing(SENDER + 1)).toEqual([]);
    multicast.changed(G);
    expect(outgoing(SENDER + 1)).toEqual([]);

    green.index = 2;
    take(SENDER, G, { ingress: green });
    green.index = 3;
    // A link that comes back has another interface.
    multicast.apply({ ...tables, interfaces: [red, testInterface('blue', [], { index: 2 }), green] });
    take(SENDER, G, { ingress: green });
    expect(multicast.size).toBe(3);
    expect([...multicast.views()].map(({ incoming }) => incoming)).toEqual([red, red, green]);
    expect(view(SENDER, G, green)?.outgoing).toEqual([]);
  });

  it('count on for no flow that has ended', () => {
    const { multicast, tables, take, view, blue, green, red } = forwarding('green');
    take(SENDER + 1);
    for (const ingress of [blue, blue]) take(SENDER, G, { ingress });
    // The link is back, and its interface has the old index, before anything else arrives.
    multicast.apply({ ...tables, interfaces: [red, green] });
    const again = testInterface('blue', [], { index: 2 });
    multicast.apply({ ...tables, interfaces: [red, again, green] });
    take(SENDER, G, { ingress: again });
    expect(view(SENDER, G, again)).toMatchObject({ packets: 1 });
  });
});
