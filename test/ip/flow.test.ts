import { describe, expect, it } from 'vitest';
import { FlowHash } from '../../src/ip/flow.js';
import { type DatagramFields, datagram, ip } from '../support/datagram.js';
import { message } from '../support/icmp.js';

const [A, B] = ['192.0.2.10', '198.51.100.10'];
const ports = (source: number, destination: number, more: number[] = []) =>
  Uint8Array.from([source >> 8, source & 255, destination >> 8, destination & 255, 0, 8, 0, 0, ...more]);
const udp = (fields: DatagramFields = {}) =>
  datagram({ source: A, destination: B, payload: ports(1000, 2000), ...fields });
const hash = (octets: Uint8Array, policy: 'l3' | 'l4' = 'l4', seed = 7) =>
  new FlowHash(policy, seed).hash(octets);
/** An error of B’s about what A has sent. */
const errorAbout = (quoted: Uint8Array, type = 3, fields: DatagramFields = {}) =>
  datagram({
    ...{ source: '203.0.113.1', destination: A, protocol: 1 },
    ...{ payload: message(type, 0, [0, 0, 0, 0, ...quoted]), ...fields },
  });

/** By MurmurHash3 as its author has it, in Python: one round a word, and its finalizer. */
const GOLDEN = [12_713_094, 208_837_215, 1_870_261_264, 991_791_499];

describe('the hash of a flow', () => {
  it('does not change from one release to the next, nor on another machine', () => {
    expect([hash(udp(), 'l3'), hash(udp(), 'l4'), hash(udp(), 'l4', 8), hash(udp({ protocol: 50 }))]).toEqual(
      GOLDEN,
    );
  });

  it('is of addresses, and with l4 of protocol and ports, too', () => {
    const others: DatagramFields[] = [
      { payload: ports(1001, 2000) },
      { payload: ports(1000, 2001) },
      { payload: ports(2000, 1000) },
      { protocol: 6, payload: ports(1000, 2000) },
    ];
    for (const each of others) {
      expect(hash(udp(each), 'l3')).toBe(hash(udp(), 'l3'));
      expect(hash(udp(each))).not.toBe(hash(udp()));
    }
    for (const policy of ['l3', 'l4'] as const) {
      expect(hash(udp({ source: '192.0.2.11' }), policy)).not.toBe(hash(udp(), policy));
      expect(hash(udp({ destination: '198.51.100.11' }), policy)).not.toBe(hash(udp(), policy));
      for (const same of [{ ttl: 3 }, { tos: 8 }, { id: 99 }, { options: [1, 1, 1, 1] }, { flags: 0x4000 }])
        expect(hash(udp(same), policy)).toBe(hash(udp(), policy));
    }
  });

  it('is of no ports where there are none, or none that are whole', () => {
    const other = { protocol: 50, payload: ports(1, 2) };
    expect(hash(udp({ protocol: 50 }))).toBe(hash(udp(other)));
    const cut = (length: number, first: number) =>
      hash(udp({ payload: ports(first, 2).subarray(0, length) }));
    for (const length of [0, 2, 3]) expect(cut(length, 1)).toBe(cut(length, 300));
    expect(cut(4, 1)).not.toBe(cut(4, 300));
    expect(hash(udp({ protocol: 6, payload: ports(1, 2) }))).not.toBe(
      hash(udp({ protocol: 6, payload: ports(1, 3) })),
    );
  });

  it('of an answer is that of the flow the other way round', () => {
    for (const policy of ['l3', 'l4'] as const) {
      const back = datagram({ source: B, destination: A, payload: ports(2000, 1000) });
      expect(new FlowHash(policy, 7).hashOfAnswer(udp())).toBe(hash(back, policy));
    }
  });
});

describe('the hash of an ICMP error', () => {
  it.each([3, 4, 5, 11, 12])(
    'of type %i is that of the flow it goes to: the quoted one, the other way round',
    (type) => {
      for (const policy of ['l3', 'l4'] as const) {
        const back = datagram({ source: B, destination: A, payload: ports(2000, 1000) });
        expect(hash(errorAbout(udp(), type), policy)).toBe(hash(back, policy));
        expect(hash(errorAbout(udp({ options: [7, 7, 4, 0, 0, 0, 0] }), type), policy)).toBe(
          hash(back, policy),
        );
      }
    },
  );

  it.each([0, 8, 1, 2, 6, 7, 9, 10, 13])('is not that of type %i, which quotes nothing', (type) => {
    expect(hash(errorAbout(udp(), type))).toBe(hash(errorAbout(udp({ destination: '10.0.0.1' }), type)));
  });

  it('is that of its own addresses where the quote is cut, or the error a later fragment', () => {
    const own = hash(datagram({ source: '203.0.113.1', destination: A, protocol: 1 }));
    expect(hash(errorAbout(udp().subarray(0, 19)))).toBe(own);
    expect(hash(errorAbout(udp().subarray(0, 20)))).not.toBe(own);
    expect(hash(errorAbout(udp(), 3, { offset: 64 }))).toBe(own);
    expect(hash(errorAbout(udp(), 3, { protocol: 17 }))).not.toBe(hash(errorAbout(udp())));
  });

  it('about a later fragment has no ports', () => {
    const quoted = (first: number) => udp({ offset: 8, payload: ports(first, 2) });
    expect(hash(errorAbout(quoted(1)))).toBe(hash(errorAbout(quoted(2))));
  });
});

describe('fragments', () => {
  const first = udp({ flags: 0x2000, payload: ports(1000, 2000, Array(8).fill(0)) });
  const later = (fields: DatagramFields = {}) => udp({ offset: 16, payload: ports(9, 9), ...fields });

  it('follow the first one of their datagram, once that has gone', () => {
    const flows = new FlowHash('l4', 7);
    const before = flows.hash(later());
    expect(before).not.toBe(flows.hash(first));
    flows.gone(first);
    expect(flows.hash(later())).toBe(hash(udp()));
    expect(flows.hash(later({ offset: 8 }))).toBe(hash(udp()));
    for (const other of [{ id: 1 }, { source: '192.0.2.11' }, { protocol: 6 }])
      expect(flows.hash(later(other))).toBe(hash(later(other)));
    // The first one of another datagram of that name is a flow of its own.
    const again = udp({ flags: 0x2000, payload: ports(5, 6) });
    expect(flows.hash(again)).toBe(hash(udp({ payload: ports(5, 6) })));
  });

  it('are not remembered where they are no first ones', () => {
    for (const other of [udp(), later({ offset: 8 }), later({ flags: 0x2000, offset: 8, protocol: 17 })]) {
      const flows = new FlowHash('l4', 7);
      flows.gone(other);
      expect(flows.hash(later())).toBe(hash(later()));
    }
    const l3 = new FlowHash('l3', 7);
    l3.gone(first);
    expect(l3.hash(later())).toBe(hash(udp(), 'l3'));
  });

  it.each(['l3', 'l4'] as const)('of an ICMP error follow its first one by %s, too', (policy) => {
    const flows = new FlowHash(policy, 7);
    const error = errorAbout(udp());
    const begun = errorAbout(udp(), 3, { flags: 0x2000 });
    const rest = datagram({ ...{ source: '203.0.113.1', destination: A, protocol: 1 }, offset: 64 });
    flows.gone(begun);
    expect(flows.hash(rest)).toBe(hash(error, policy));
  });

  it('are remembered of 1024 datagrams, and the oldest is forgotten first', () => {
    const flows = new FlowHash('l4', 7);
    const firstOf = (id: number) => udp({ id, flags: 0x2000, payload: ports(1000, 2000) });
    const isRemembered = (id: number) => flows.hash(later({ id })) === hash(udp());
    for (let id = 1; id <= 1024; id += 1) flows.gone(firstOf(id));
    expect([isRemembered(1), isRemembered(1024)]).toEqual([true, true]);
    flows.gone(firstOf(1025));
    expect([isRemembered(1), isRemembered(2), isRemembered(1025)]).toEqual([false, true, true]);
  });
});

it('spreads the flows of a network evenly', () => {
  const flows = new FlowHash('l4', 1);
  const counts = [0, 0, 0, 0];
  for (let port = 0; port < 4000; port += 1)
    counts[flows.hash(udp({ source: ip(A) + (port & 7), payload: ports(port, 53) })) >>> 30]! += 1;
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
});
