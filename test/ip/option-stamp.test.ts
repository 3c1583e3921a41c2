import { describe, expect, it } from 'vitest';
import { stampRecordRoute, stampTimestamp } from '../../src/ip/option-stamp.js';
import { addressOctets, fromHex, hex, ip } from '../support/datagram.js';

const EGRESS = ip('10.0.2.1');

/** Records into an option that stands behind one No Operation; hex of the option after it. */
const recorded = (digits: string, times = 1): string => {
  const octets = fromHex(`01${digits}ff`);
  for (let time = 0; time < times; time += 1) stampRecordRoute(octets, 1, EGRESS);
  return hex(octets.subarray(1, -1));
};

const stamped = (digits: string, utcMilliseconds: number | undefined = 0x01020304, own = EGRESS): string => {
  const octets = fromHex(`01${digits}ff`);
  stampTimestamp(octets, 1, EGRESS, (address) => address === own, utcMilliseconds);
  return hex(octets.subarray(1, -1));
};

describe('Record Route', () => {
  it('OP7 takes the egress address into its next slot', () => {
    // As Linux 6.18 forwarded the same option.
    expect(recorded('070b040000000000000000')).toBe('070b080a00020100000000');
  });

  it('OP7 goes on behind the slots that are taken', () => {
    expect(recorded('070b080909090900000000')).toBe('070b0c090909090a000201');
  });

  it('OP8 stays as it is when it is full', () => {
    expect(recorded('070b0c090909090a000201')).toBe('070b0c090909090a000201');
    expect(recorded('0707040000000000', 3)).toBe('0707080a00020100');
  });
});

describe('Timestamp', () => {
  it('OP13 takes the time, most significant octet first', () => {
    expect(stamped('440c05000000000000000000')).toBe('440c09000102030400000000');
  });

  it('OP13 goes on behind the slots that are taken', () => {
    expect(stamped('440c09000909090900000000')).toBe('440c0d000909090901020304');
  });

  it('OP14 takes the egress address and the time', () => {
    expect(stamped('440c05010000000000000000')).toBe('440c0d010a00020101020304');
  });

  it('OP15 takes the time for any of our addresses', () => {
    const other = ip('10.0.7.1');
    const octets = `441405030a000701000000000a000901${'0'.repeat(8)}`;
    expect(stamped(octets, 0x01020304, other)).toBe('44140d030a000701010203040a00090100000000');
    expect(addressOctets(other)).toEqual([10, 0, 7, 1]);
  });

  it('OP16 stays as it is when the next slot names somebody else', () => {
    expect(stamped('440c05030909090900000000')).toBe('440c05030909090900000000');
  });

  it('OP17 counts us when it is full, and nothing else changes', () => {
    // As Linux 6.18 forwarded the same option.
    expect(stamped('4408092000000000')).toBe('4408093000000000');
    expect(stamped('440c0d010909090901010101')).toBe('440c0d110909090901010101');
  });

  it('OP17 never counts past 15, nor where addresses are prespecified', () => {
    expect(stamped('440809f000000000')).toBe('440809f000000000');
    expect(stamped('440c0d030a00020101010101')).toBe('440c0d030a00020101010101');
  });

  it('OP23 says with the first bit that there was no clock', () => {
    const octets = fromHex('4408050000000000');
    stampTimestamp(octets, 0, EGRESS, () => true, undefined);
    expect(hex(octets)).toBe('4408090080000000');
  });

  it('OP13 cuts fractions of a millisecond off', () => {
    expect(stamped('4408050000000000', 86_399_999.9)).toBe('4408090005265bff');
  });
});
