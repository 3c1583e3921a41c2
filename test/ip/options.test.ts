import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as options from '../../src/ip/options.js';
import { DEFAULT_SETTINGS, type OptionPolicy, type OptionSettings } from '../../src/settings.js';
import { addressOctets, datagram, fromHex, ip } from '../support/datagram.js';

const read = (digits: string): options.ParsedOptions | options.OptionFault =>
  options.parseOptions(datagram({ options: fromHex(digits) }));

const readWell = (digits: string): options.ParsedOptions => {
  const parsed = read(digits);
  if (options.isOptionFault(parsed)) throw new Error(`fault at octet ${parsed.pointer}`);
  return parsed;
};

const fault = (pointer: number): options.OptionFault => ({ reason: 'bad-option', pointer });

const NOTHING: options.ParsedOptions = {
  recordRoute: undefined,
  timestamp: undefined,
  sourceRoute: undefined,
  isStrict: false,
  routerAlert: undefined,
  others: [],
};

describe('options that are in order', () => {
  it.each([
    ['OP1 No Operation and End of Option List say nothing', '01010100', {}],
    ['OP2 an unknown option is listed', '63040000', { others: [0x63] }],
    ['OP3 what follows End of Option List is not looked at', '00630100', {}],
    ['OP7 a Record Route with a free slot is found', '0107070400000000', { recordRoute: 21 }],
    ['OP8 a full Record Route is no fault', '07070801020304', { recordRoute: 20 }],
    ['OP13 a Timestamp of times is found', '4408050000000000', { timestamp: 20 }],
    ['OP14 a Timestamp of addresses and times is found', '440c05010000000000000000', { timestamp: 20 }],
    ['OP15 a Timestamp of prespecified addresses is found', '440c05030a00010100000000', { timestamp: 20 }],
    [
      'OP16 a full Timestamp of prespecified addresses never overflows',
      '440c0df30a00010100000000',
      { timestamp: 20 },
    ],
    ['OP17 a full Timestamp that can count on is no fault', '440809e000000000', { timestamp: 20 }],
    ['OP24 a loose source route is found', '8307040a00010a', { sourceRoute: 20 }],
    [
      'OP28 a strict source route is told from a loose one',
      '018907040a00010a',
      { sourceRoute: 21, isStrict: true },
    ],
    ['OP34 a completed source route is no fault', '8307080a00010a', { sourceRoute: 20 }],
    ['OP5 an option may end with the header', '01016302', { others: [0x63] }],
    ['OP8 a Record Route without a slot is full', '07030400', { recordRoute: 20 }],
    ['OP17 a Timestamp without a slot is full', '44040500', { timestamp: 20 }],
    ['OP38 a Router Alert is found', '94040000', { routerAlert: 20 }],
    ['OP40 a Router Alert of an unknown value is no fault', '9404ffff', { routerAlert: 20 }],
    ['OP41 security options are listed with the others', '82030085030086030000', { others: [130, 133, 134] }],
    ['OP42 a Stream Identifier is listed with the others', '88040000', { others: [136] }],
    [
      'OP43 deprecated options are listed with the others',
      '0b0400000c040000520300',
      { others: [11, 12, 82] },
    ],
  ])('%s', (_title, digits, found) => {
    expect(readWell(digits)).toEqual({ ...NOTHING, ...found });
  });

  it('OP44 forty octets of options are all read', () => {
    const record = [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0];
    const route = [131, 11, 4, ...addressOctets('192.0.2.1'), ...addressOctets('192.0.2.2')];
    const times = [68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const whole = datagram({ options: [...record, ...route, ...times, 148, 4, 0, 0, 1, 1] });
    expect(whole[0]).toBe(0x4f);
    expect(options.parseOptions(whole)).toEqual({
      ...NOTHING,
      recordRoute: 20,
      sourceRoute: 31,
      timestamp: 42,
      routerAlert: 54,
    });
  });
});

/** OP4 to OP10, OP12, OP19 and OP22 were also seen in the errors of Linux 6.18 about the same options. */
describe('the octet that a fault points at', () => {
  it.each([
    ['OP4 an option of length 0', '63000000', 20],
    ['OP4 an option of length 1', '63010000', 20],
    ['OP5 an option that runs past the header', '63050000', 20],
    ['OP6 a type in the last octet of the header', '01010107', 23],
    ['OP9 a Record Route whose pointer is below 4', '07070300000000', 22],
    ['OP10 a Record Route with less than a slot left', '07070500000000', 22],
    ['OP10 a Record Route with one octet left', '0707070000000000', 22],
    ['OP22 a Timestamp with one octet left', '4408080000000000', 22],
    ['OP11 a Record Route of length 2', '07020000', 21],
    ['OP12 a second Record Route', '0707040000000001 07070400000000', 28],
    ['OP18 a full Timestamp that can count no further', '440809f000000000', 23],
    ['OP19 a Timestamp whose pointer is below 5', '4408040000000000', 22],
    ['OP20 a Timestamp of length 3', '44030500', 21],
    ['OP21 a Timestamp with flag 2', '4408050200000000', 23],
    ['OP21 a Timestamp with flag 15', '4408050f00000000', 23],
    ['OP22 a Timestamp of addresses with 4 octets left', '4408050100000000', 22],
    ['OP22 a Timestamp of prespecified addresses with 4 octets left', '4408050300000000', 22],
    ['OP31 a strict source route behind a loose one', '8307080a01010101 8907080a010101', 28],
    ['OP31 two loose source routes', '8307080a010101 8307080a010101', 27],
    ['OP32 a source route with less than a slot left', '8307050a010101', 22],
    ['OP32 a source route whose pointer is below 4', '8907030a010101', 22],
    ['OP39 a Router Alert of length 3', '94030000', 21],
    ['OP39 a Router Alert of length 6', '940600000000', 21],
    ['OP12 a second Timestamp', '4408050000000000 4408050000000000', 28],
  ])('%s', (_title, digits, pointer) => {
    expect(read(digits)).toEqual(fault(pointer));
  });
});

describe('any octets as options', () => {
  const anyOptions = fc
    .array(fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 7, 8, 68, 131, 137, 148), fc.nat(255)), {
      minLength: 1,
      maxLength: 40,
    })
    .map((octets) => datagram({ options: octets, payload: [] }));

  it('EG14 a fault points into the header, and every option found lies in it', () => {
    fc.assert(
      fc.property(anyOptions, (whole) => {
        const parsed = options.parseOptions(whole);
        if (options.isOptionFault(parsed)) {
          expect(parsed.pointer).toBeGreaterThanOrEqual(20);
          expect(parsed.pointer).toBeLessThan(whole.length);
          return;
        }
        for (const at of [parsed.recordRoute, parsed.timestamp, parsed.sourceRoute, parsed.routerAlert])
          if (at !== undefined) expect(at + whole[at + 1]!).toBeLessThanOrEqual(whole.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('what lies behind the header never changes what is read', () => {
    fc.assert(
      fc.property(anyOptions, fc.nat(255), (whole, filler) => {
        const longer = new Uint8Array(whole.length + 64).fill(filler);
        longer.set(whole);
        expect(options.parseOptions(longer)).toEqual(options.parseOptions(whole));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('options that a router is told to drop', () => {
  const policies = (changed: Partial<OptionSettings>): OptionSettings => ({
    ...DEFAULT_SETTINGS.ip.options,
    ...changed,
  });

  it.each([
    ['OP33 a loose source route is refused by default', '8307040a00010a', {}, 131],
    ['OP33 a strict source route is refused by default', '8907040a00010a', {}, 137],
    [
      'OP24 a loose source route passes where it is to be processed',
      '8307040a00010a',
      { looseSourceRoute: 'process' },
      undefined,
    ],
    [
      'OP26 a loose source route passes where it is to be passed',
      '8307040a00010a',
      { looseSourceRoute: 'pass' },
      undefined,
    ],
    [
      'OP33 a strict source route has a switch of its own',
      '8907040a00010a',
      { looseSourceRoute: 'process' },
      137,
    ],
    [
      'OP28 a strict source route passes where it is to be processed',
      '8907040a00010a',
      { strictSourceRoute: 'process' },
      undefined,
    ],
    ['a Record Route has its own switch', '07070400000000', { recordRoute: 'drop' }, 7],
    ['a Timestamp has its own switch', '4408050000000000', { timestamp: 'drop' }, 68],
    ['a Router Alert has its own switch', '94040000', { routerAlert: 'drop' }, 148],
    [
      'no switch is about an option that is not there',
      '63040000',
      { recordRoute: 'drop', timestamp: 'drop', routerAlert: 'drop' },
      undefined,
    ],
    ['OP2 an unknown option passes by default', '63040000', {}, undefined],
    ['OP43 deprecated options have the switch of all others', '01520300', { other: 'drop' }, 82],
    ['OP1 No Operation is no option to be refused', '01010100', { other: 'drop' }, undefined],
  ] as [string, string, Partial<Record<keyof OptionSettings, OptionPolicy>>, number | undefined][])(
    '%s',
    (_title, digits, changed, refused) => {
      expect(options.refusedOption(readWell(digits), policies(changed))).toBe(refused);
    },
  );
});

describe('the plan for the options of a datagram', () => {
  const [US, OTHER, NEXT] = ['10.0.1.1', '10.0.9.1', '10.0.2.10'];
  const isOurs = (address: number): boolean => [US, OTHER].map(ip).includes(address);
  const process = {
    ...DEFAULT_SETTINGS.ip.options,
    looseSourceRoute: 'process',
    strictSourceRoute: 'process',
  } as const;
  const planOf = (octets: Uint8Array, settings: OptionSettings = process) =>
    options.planOptions(octets, settings, isOurs);
  const along = (type: number, stops: readonly string[], destination = US) =>
    datagram({ destination, options: [type, 3 + 4 * stops.length, 4, ...stops.flatMap(addressOctets)] });
  const refused = (reason: string, pointer: number, destination = US) => ({
    fault: { reason, pointer },
    ...{ destination: ip(destination), hasSourceRoute: false, advances: 0, isStrict: false },
    options: undefined,
  });
  const planned = (destination: string, advances: number, some: object = {}) => ({
    fault: undefined,
    ...{ destination: ip(destination), hasSourceRoute: true, advances, isStrict: false },
    options: { ...NOTHING, sourceRoute: 20 },
    ...some,
  });

  it.each([
    ['OP24 of a loose source route goes on to its next stop', along(131, [NEXT]), planned(NEXT, 1)],
    ['OP25 passes over our own stops', along(131, [OTHER, NEXT]), planned(NEXT, 2)],
    ['OP25 ends with us where the last stop is ours', along(131, [OTHER]), planned(OTHER, 1)],
    ['OP26 of a loose route leaves others alone', along(131, [NEXT], NEXT), planned(NEXT, 0)],
    [
      'OP28 of a strict source route demands a neighbor',
      along(137, [NEXT]),
      planned(NEXT, 1, { isStrict: true, options: { ...NOTHING, sourceRoute: 20, isStrict: true } }),
    ],
    [
      'OP34 of a completed strict source route demands none',
      datagram({ destination: US, options: [137, 7, 8, ...addressOctets(NEXT)] }),
      planned(US, 0, { options: { ...NOTHING, sourceRoute: 20, isStrict: true } }),
    ],
    [
      'of other options changes nothing',
      datagram({ destination: '224.0.0.9', options: [148, 4, 0, 0] }),
      planned('224.0.0.9', 0, { hasSourceRoute: false, options: { ...NOTHING, routerAlert: 20 } }),
    ],
    [
      'OP29 refuses a strict route that passes us by',
      along(137, [NEXT], NEXT),
      refused('bad-option', 16, NEXT),
    ],
    ['OP30 refuses a route to a group', along(131, ['224.0.0.9']), refused('source-route', 0)],
    ['OP30 refuses a route to everybody', along(131, ['255.255.255.255']), refused('source-route', 0)],
    [
      'OP11 says where a fault is',
      datagram({ destination: US, options: [7, 2, 0, 0] }),
      refused('bad-option', 21),
    ],
  ])('%s', (_title, octets, wanted) => {
    const before = octets.slice();
    expect(planOf(octets)).toEqual(wanted);
    expect(octets).toEqual(before);
  });

  it('OP33 refuses what the settings drop, and leaves alone what they pass', () => {
    expect(planOf(along(131, [NEXT]), DEFAULT_SETTINGS.ip.options)).toEqual(refused('option-refused', 0));
    const settings = { ...process, strictSourceRoute: 'pass', looseSourceRoute: 'pass' } as const;
    for (const type of [131, 137]) {
      const found = { ...NOTHING, sourceRoute: 20, isStrict: type === 137 };
      expect(planOf(along(type, [OTHER, NEXT]), settings)).toEqual(planned(US, 0, { options: found }));
      expect(planOf(along(type, [NEXT], NEXT), settings)).toEqual(planned(NEXT, 0, { options: found }));
    }
  });

  it('makes a stop out of reach the fault of the source route, where one is used up here', () => {
    const out = ['no-route', 'tos-route', 'unreachable-route', 'host-unreachable'] as const;
    const [one, two, none] = [[NEXT], [OTHER, NEXT], []].map((stops) => planOf(along(131, stops))) as [
      ...[options.OptionPlan, options.OptionPlan, options.OptionPlan],
    ];
    for (const reason of out) {
      expect([one, two].map((plan) => options.reasonFor(reason, plan))).toEqual([
        ...['source-route', 'source-route'],
      ]);
      expect([none, undefined].map((plan) => options.reasonFor(reason, plan))).toEqual([reason, reason]);
    }
    expect(options.reasonFor('blackhole', one)).toBe('blackhole');
  });
});
