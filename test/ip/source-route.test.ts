import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { advanceSourceRoute, nextStop, reverseRoute, routeAhead } from '../../src/ip/source-route.js';
import { addressOctets, datagram, hex, ip } from '../support/datagram.js';

const SENDER = '10.0.1.10';
const US = '10.0.1.1';

const routed = (pointer: number, stops: readonly string[], destination = US): Uint8Array =>
  datagram({
    source: SENDER,
    destination,
    options: [131, 3 + 4 * stops.length, pointer, ...stops.flatMap(addressOctets)],
  });

const oneOf =
  (...addresses: readonly string[]) =>
  (address: number): boolean =>
    addresses.map(ip).includes(address);

describe('the way ahead', () => {
  it('OP24 is the next stop where the destination is ours', () => {
    const found = routeAhead(routed(4, ['10.0.2.10']), 20, oneOf(US));
    expect(found).toEqual({ destination: ip('10.0.2.10'), advances: 1 });
  });

  it('OP25 passes over stops in a row that are ours', () => {
    const found = routeAhead(routed(4, ['10.0.2.1', '10.0.2.10']), 20, oneOf(US, '10.0.2.1'));
    expect(found).toEqual({ destination: ip('10.0.2.10'), advances: 2 });
  });

  it('OP25 ends with us where the last stop is ours', () => {
    const found = routeAhead(routed(4, ['10.0.2.1']), 20, oneOf(US, '10.0.2.1'));
    expect(found).toEqual({ destination: ip('10.0.2.1'), advances: 1 });
  });

  it('OP26 is the destination where that is not ours', () => {
    const found = routeAhead(routed(4, ['10.0.2.10'], '10.0.3.3'), 20, oneOf(US));
    expect(found).toEqual({ destination: ip('10.0.3.3'), advances: 0 });
  });

  it('OP34 is the destination where the route is completed', () => {
    expect(nextStop(routed(8, ['10.0.2.10']), 20)).toBeUndefined();
    expect(routeAhead(routed(8, ['10.0.2.10']), 20, oneOf(US)).advances).toBe(0);
  });
});

describe('the next stop', () => {
  it('OP32 needs a whole slot', () => {
    expect(nextStop(routed(5, ['10.0.2.10']), 20)).toBeUndefined();
    expect(nextStop(routed(4, ['10.0.2.10']), 20)).toBe(ip('10.0.2.10'));
  });
});

describe('advancing', () => {
  it('OP24 moves the next stop to the destination and our address into its slot', () => {
    const whole = datagram({
      source: SENDER,
      destination: US,
      protocol: 253,
      options: [131, 7, 4, ...addressOctets('10.0.2.10')],
      payload: [0x61, 0x62, 0x63, 0x64],
    });
    ipv4.decrementTtl(whole);
    advanceSourceRoute(whole, 20, ip('10.0.2.1'));
    ipv4.writeChecksum(whole);
    // As Linux 6.18 forwarded the same datagram.
    expect(hex(whole)).toBe(
      '470000201234 00003ffdc3860a00010a0a00020a8307080a0002010061626364'.replace(' ', ''),
    );
  });

  it('OP25 stamps both slots of two stops that are ours', () => {
    const whole = routed(4, ['10.0.2.1', '10.0.2.10']);
    advanceSourceRoute(whole, 20, ip('10.0.2.1'));
    advanceSourceRoute(whole, 20, ip('10.0.2.1'));
    expect(hex(whole.subarray(16, 32))).toBe('0a00020a830b0c0a0002010a00020100');
    expect(nextStop(whole, 20)).toBeUndefined();
  });
});

describe('the way back', () => {
  const back = (pointer: number, ...stops: readonly string[]): unknown =>
    reverseRoute(routed(pointer, stops), 20);

  it('OP34 names the last recorded stop first and the sender last', () => {
    expect(back(12, '10.9.0.1', '10.9.0.2')).toEqual({
      firstHop: ip('10.9.0.2'),
      stops: [ip('10.9.0.1'), ip(SENDER)],
    });
  });

  it('OP35 names the sender once where the record wrongly begins with it', () => {
    expect(back(16, SENDER, '10.9.0.1', '10.9.0.2')).toEqual(back(12, '10.9.0.1', '10.9.0.2'));
    expect(back(8, SENDER)).toBeUndefined();
  });

  it('OP36 leaves out what was not travelled yet', () => {
    expect(back(8, '10.9.0.1', '10.9.0.2')).toEqual({ firstHop: ip('10.9.0.1'), stops: [ip(SENDER)] });
    expect(back(4, '10.9.0.1', '10.9.0.2')).toBeUndefined();
  });

  it('OP25 leaves out slots that hold the destination', () => {
    expect(back(12, '10.9.0.1', US)).toEqual(back(8, '10.9.0.1'));
  });

  it('OP36 is not followed through an address that no single host has', () => {
    for (const address of ['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255'])
      expect(back(12, '10.9.0.1', address)).toBeUndefined();
  });

  it('OP34 takes a pointer far behind the option as its end', () => {
    expect(back(255, '10.9.0.1', '10.9.0.2')).toEqual(back(12, '10.9.0.1', '10.9.0.2'));
    // Of the second slot, an octet is missing.
    const options = [131, 10, 255, ...addressOctets('10.9.0.1'), 10, 9, 0, 2];
    const whole = datagram({ source: SENDER, destination: US, options });
    expect(reverseRoute(whole, 20)).toEqual(back(8, '10.9.0.1'));
  });
});
