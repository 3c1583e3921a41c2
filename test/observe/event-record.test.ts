import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import { eventFieldsOf, recordOf } from '../../src/observe/event-record.js';
import { START } from '../../src/time.js';
import { datagram } from '../support/datagram.js';

const TIME = '2026-01-01T00:00:00.000Z';
const record = (event: Event) => recordOf(event, eventFieldsOf(event), TIME);
const drop = (octets: Uint8Array): Event => ({
  type: 'drop',
  time: START,
  router: 'r1',
  interface: 'r1.red',
  link: 'red',
  reason: 'ttl-expired',
  datagram: octets,
});

describe('the record of an event', () => {
  it('tells of a drop what the datagram says', () => {
    const octets = datagram({
      protocol: 17,
      ttl: 1,
      payload: Uint8Array.of(0x9c, 0x40, 0x13, 0x88, 0, 8, 0, 0),
    });
    expect(record(drop(octets))).toMatchObject({
      time: TIME,
      type: 'drop',
      router: 'r1',
      interface: 'r1.red',
      reason: 'ttl-expired',
      source: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      destination: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      protocol: 17,
      length: 28,
      ttl: 1,
      sourcePort: 40_000,
      destinationPort: 5000,
    });
  });

  it('knows no ports where the datagram ends before them, and none in a later fragment', () => {
    const octets = datagram({ protocol: 17, payload: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
    expect(record(drop(octets.subarray(0, 22)))).not.toHaveProperty('sourcePort');
    octets[7] = 1;
    expect(record(drop(octets))).not.toHaveProperty('sourcePort');
  });

  it.each([[0], [19]])('has null for the addresses of %i octets', (length) => {
    const octets = new Uint8Array(length).fill(0x45);
    expect(record(drop(octets))).toMatchObject({ source: null, destination: null, protocol: null, length });
  });

  it('has exactly the fields of the reference for a join', () => {
    const event: Event = {
      type: 'igmp',
      time: START,
      interface: 'r1.red',
      event: 'join',
      group: 0xef010203,
      source: null,
      reporter: 0xc633640a,
    };
    expect(JSON.stringify(record(event))).toBe(
      `{"time":"${TIME}","type":"igmp","interface":"r1.red","event":"join","group":"239.1.2.3","source":null,"reporter":"198.51.100.10"}`,
    );
  });

  it('says what a warning is about in a field of its own', () => {
    const event: Event = {
      ...{ type: 'igmp', time: START, interface: 'r1.red', event: 'warning', group: null, source: null },
      ...{ reporter: 0xc633640a, why: 'group-limit' },
    };
    expect(record(event)).toMatchObject({ event: 'warning', why: 'group-limit', reporter: '198.51.100.10' });
  });
});
