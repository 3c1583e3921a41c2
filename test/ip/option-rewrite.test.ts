import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import { finishedRoute, rewriteOptions } from '../../src/ip/option-rewrite.js';
import { planOptions } from '../../src/ip/options.js';
import { DEFAULT_SETTINGS, type OptionSettings } from '../../src/settings.js';
import { addressOctets, datagram, fromHex, hex, ip } from '../support/datagram.js';

const [US, OTHER, NEXT] = ['10.0.1.1', '10.0.9.1', '10.0.2.10'];
const EGRESS = ip('10.0.2.1');
const TIME = 0x01020304;
const isOurs = (address: number): boolean => [US, OTHER].map(ip).includes(address);
const PROCESS: OptionSettings = {
  ...DEFAULT_SETTINGS.ip.options,
  recordRoute: 'process',
  timestamp: 'process',
  looseSourceRoute: 'process',
};
const routed = (stops: readonly string[], more: readonly number[] = []) =>
  datagram({
    destination: US,
    options: [131, 3 + 4 * stops.length, 4, ...stops.flatMap(addressOctets), ...more],
  });

describe('the options of a datagram that leaves', () => {
  const RECORD_AND_TIME = '07070400000000 4408050000000000 00';
  const rewritten = (octets: Uint8Array, settings: OptionSettings): Uint8Array => {
    const plan = planOptions(octets, settings, isOurs);
    rewriteOptions(octets, plan, settings, EGRESS, isOurs, TIME);
    expect(isChecksumRight(octets, 0, ipv4.headerLength(octets))).toBe(true);
    return octets;
  };
  const optionsOf = (octets: Uint8Array): string => hex(octets.subarray(20, ipv4.headerLength(octets)));

  it.each([
    ['process', 'process', '0707080a000201 4408090001020304 00'],
    ['pass', 'process', '07070400000000 4408090001020304 00'],
    ['process', 'pass', '0707080a000201 4408050000000000 00'],
    ['pass', 'pass', RECORD_AND_TIME],
  ] as const)('record the route where told to %s, and the time where told to %s', (...given) => {
    const [recordRoute, timestamp, wanted] = given;
    const octets = datagram({ options: fromHex(RECORD_AND_TIME) });
    expect(optionsOf(rewritten(octets, { ...PROCESS, recordRoute, timestamp }))).toBe(hex(fromHex(wanted)));
  });

  it('record each alone', () => {
    for (const [digits, wanted] of [
      ['0707040000000000', '0707080a00020100'],
      ['4408050000000000', '4408090001020304'],
    ] as const)
      expect(optionsOf(rewritten(datagram({ options: fromHex(digits) }), PROCESS))).toBe(wanted);
  });

  it('advance a source route by all stops that are ours, each with the address of the egress', () => {
    const octets = rewritten(routed([OTHER, NEXT]), PROCESS);
    expect(ipv4.destination(octets)).toBe(ip(NEXT));
    expect(optionsOf(octets)).toBe('830b0c0a0002010a00020100');
  });

  it('keep a source route that is only passed on', () => {
    const octets = rewritten(routed([NEXT]), { ...PROCESS, looseSourceRoute: 'pass' });
    expect([ipv4.destination(octets), optionsOf(octets)]).toEqual([ip(US), '8307040a00020a00']);
  });
});

describe('a datagram for us', () => {
  const finished = (octets: Uint8Array, settings = PROCESS): Uint8Array =>
    finishedRoute(octets, settings, isOurs, (length) => new Uint8Array(length).fill(0xee));

  it('whose source route ends here is a copy with the route completed', () => {
    const octets = routed([OTHER]);
    const before = octets.slice();
    const done = finished(octets);
    expect(octets).toEqual(before);
    expect(ipv4.destination(done)).toBe(ip(OTHER));
    expect(hex(done.subarray(20, 28))).toBe('8307080a00090100');
    expect(ipv4.validate(done)).toBeUndefined();
    expect(done.subarray(28)).toEqual(before.subarray(28));
    expect(done.subarray(0, 10)).toEqual(before.subarray(0, 10));
  });

  it.each([
    ['without options', datagram({ destination: US }), PROCESS],
    ['with other options', datagram({ destination: US, options: fromHex('0707040000000000') }), PROCESS],
    ['whose options are wrong', datagram({ destination: US, options: [131, 2, 0, 0] }), PROCESS],
    ['whose route is only passed on', routed([OTHER]), { ...PROCESS, looseSourceRoute: 'pass' as const }],
    ['whose route is refused', routed([OTHER]), { ...PROCESS, looseSourceRoute: 'drop' as const }],
    ['whose route leads to a group', routed(['224.0.0.9']), PROCESS],
  ])('%s is itself', (_title, octets, settings) => {
    expect(finished(octets, settings)).toBe(octets);
  });
});
