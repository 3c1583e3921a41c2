import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/drop-reason.js';
import { HostAttachment, type HostEnd } from '../../src/link/attachments.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';
import { isTransportRight, superDatagram } from '../support/super-datagram.js';

const [OWN, OTHER, GATEWAY, FOREIGN] = ['192.0.2.10', '192.0.2.11', '192.0.2.1', '192.0.2.2'].map(ip) as [
  ...[number, number, number, number],
];

/** The device of a host, which notes what it takes. */
const device = (fields: Partial<HostEnd> & { up?: boolean } = {}) => {
  const taken: Parcel[] = [];
  const { up = true, ...others } = fields;
  return { taken, isUp: () => up, take: (parcel: Parcel) => void taken.push(parcel), ...others };
};

const alice = (): HostAttachment => new HostAttachment('alice', 'red', [OWN, OTHER]);

/** Why what is delivered to it is refused; undefined where it is taken. */
const refusal = ({ hop }: HostAttachment, octets = datagram()): DropReason | undefined => {
  let why: DropReason | undefined;
  hop.take(
    parcelOf(octets, 1, (reason) => {
      why = reason;
    }),
    START,
  );
  return why;
};

const redirect = datagram({ protocol: 1, payload: [5, 1, 0, 0] });

describe('a host on a link', () => {
  it('is named after both, and receives nothing until it has a device', () => {
    const host = alice();
    expect(host).toMatchObject({
      kind: 'host',
      name: 'alice.red',
      owner: 'alice',
      isUp: false,
      isGone: false,
    });
    expect(host.sent).toEqual({ packets: 0, octets: 0 });
    expect(refusal(host)).toBe('link-down');
    const end = device();
    host.connect(end);
    expect([host.isUp, refusal(host), end.taken.length]).toEqual([true, undefined, 1]);
    host.connect(undefined);
    expect([host.isUp, refusal(host), end.taken.length]).toEqual([false, 'link-down', 1]);
  });

  it('is as up as its device', () => {
    const host = alice();
    host.connect(device({ up: false }));
    expect(host.isUp).toBe(false);
    expect([host.setUp(true), host.isUp]).toEqual([true, true]);
    expect([host.setUp(true), host.isUp]).toEqual([false, true]);
    expect([host.setUp(false), host.isUp]).toEqual([true, false]);
    expect([host.setUp(false), host.isUp]).toEqual([false, false]);
  });

  it('is gone for good once it has left', () => {
    const [host, end] = [alice(), device()];
    host.connect(end);
    host.leave();
    expect(host).toMatchObject({ isGone: true, isUp: false, end: undefined });
    expect([refusal(host), end.taken]).toEqual(['link-down', []]);
  });

  it('has those of its configured addresses that its kernel has, as far as that is known', () => {
    const host = alice();
    host.configure([OTHER]);
    expect(host.addresses).toEqual([OTHER]);
    host.configure([OWN, OTHER]);
    host.assign(new Set([OTHER, FOREIGN]));
    expect([host.addresses, host.assigned]).toEqual([[OTHER], new Set([OTHER, FOREIGN])]);
    host.configure([FOREIGN, OWN]);
    expect(host.addresses).toEqual([FOREIGN]);
    host.assign(new Set([OWN, OTHER, FOREIGN]));
    expect(host.addresses).toEqual([FOREIGN, OWN]);
  });

  it('is given super-datagrams where its device takes them, and complete datagrams elsewhere', () => {
    for (const [takesSuperDatagrams, lengths] of [
      [true, [228]],
      [false, [128, 128]],
    ] as const) {
      const [host, end] = [alice(), device({ takesSuperDatagrams })];
      host.connect(end);
      host.hop.take(superDatagram({ segment: 100, length: 200 }), START);
      expect(end.taken.map(({ octets }) => octets.length)).toEqual(lengths);
      expect(end.taken.every(({ isPartial }) => isPartial === takesSuperDatagrams)).toBe(true);
      expect(end.taken.every(({ octets }) => isTransportRight(octets))).toBe(!takesSuperDatagrams);
      const plain = parcelOf(datagram());
      host.hop.take(plain, START);
      expect(end.taken.at(-1)).toBe(plain);
    }
  });

  it('has its kernel asked for next hops where a third may be one, and its device is there to be asked', () => {
    const gateway = new HostAttachment('r1', 'red', [GATEWAY]);
    const host = alice();
    host.settled(gateway, 2);
    expect(host.nextHops.isAsked).toBe(false);
    host.connect(device({ nextHopTo: () => FOREIGN }));
    expect(host.nextHops.isAsked).toBe(true);
    expect(host.nextHops.to(FOREIGN, OWN, 0, START)).toBe(FOREIGN);
    host.nextHops.routesChanged(new Set([GATEWAY]));
    expect(host.nextHops.isAsked).toBe(false);
    host.settled(undefined, 2);
    expect(host.nextHops.isAsked).toBe(true);
    host.settled(gateway, 2);
    host.connect(device());
    expect(host.nextHops.isAsked).toBe(false);
  });

  it.each([
    ['already', true],
    ['only later', false],
  ])('is watched for redirects where somebody else is on the link %s', (_, isSettled) => {
    const gateway = new HostAttachment('r1', 'red', [GATEWAY]);
    const host = alice();
    if (isSettled) host.settled(gateway, 2);
    host.connect(device({ nextHopTo: () => FOREIGN }));
    if (!isSettled) host.settled(gateway, 2);
    host.nextHops.routesChanged(new Set());
    expect([refusal(host), host.nextHops.isAsked]).toEqual([undefined, false]);
    expect([refusal(host, redirect), host.nextHops.isAsked]).toEqual([undefined, true]);
  });
});
