import { describe, expect, it } from 'vitest';
import * as igmp from '../../src/igmp/message.js';
import { ALL_SNOOPERS, leaveDatagram, reportDatagrams, terminationDatagram } from '../../src/igmp/write.js';
import * as ipv4 from '../../src/ip/header.js';
import { ip } from '../support/datagram.js';
import { G } from './bench.js';

const SENDER = { address: ip('192.0.2.1'), hasRouterAlert: true };
const sourcesFrom = (count: number): number[] =>
  Array.from({ length: count }, (_, at) => ip('10.0.0.1') + at);
/** How many records are in each datagram of a report. */
const recordsIn = (datagrams: readonly Uint8Array[]): number[] =>
  datagrams.map((each) => igmp.recordCount(each.subarray(ipv4.headerLength(each))));

describe('a message of IGMP', () => {
  it('to the switches of a link goes to 224.0.0.106', () => {
    expect(ALL_SNOOPERS).toBe(ip('224.0.0.106'));
    expect(ipv4.destination(terminationDatagram(SENDER))).toBe(ip('224.0.0.106'));
  });

  it('has 20 octets of header without Router Alert, and 24 with it', () => {
    expect(leaveDatagram(ip(G), SENDER).length).toBe(24 + 8);
    expect(leaveDatagram(ip(G), { ...SENDER, hasRouterAlert: false }).length).toBe(20 + 8);
  });
});

describe('a report', () => {
  const record = (type: igmp.RecordType, sources: number) => ({
    type,
    group: ip(G),
    sources: sourcesFrom(sources),
  });

  it('fills a datagram to its last octet before it begins another', () => {
    const two = [record('allow', 0), record('allow', 1)];
    const mtu = 24 + 8 + 8 + 12;
    expect(recordsIn(reportDatagrams(two, SENDER, mtu))).toEqual([2]);
    expect(recordsIn(reportDatagrams(two, SENDER, mtu - 1))).toEqual([1, 1]);
  });

  it('has only whole sources where the MTU is no multiple of their length', () => {
    for (const more of [0, 1, 2, 3]) {
      const mtu = 24 + 8 + 8 + 3 * 4 + more;
      const lengths = reportDatagrams([record('allow', 4)], SENDER, mtu).map(({ length }) => length);
      expect(lengths).toEqual([52, 44]);
    }
  });
});
