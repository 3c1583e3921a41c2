import { FLAG_DONT_FRAGMENT } from '../../../../src/ip/header.js';
import { checksum, writeUint16 } from '../../../../src/ip/octets.js';
import { addressOctets, datagram } from '../../../support/datagram.js';
import { kase, type Row, row } from '../../case.js';
import { type Expectation, forwarded, originated } from '../../expectation.js';
import { DUT, HOST, linkOf, NOBODY_AT, OTHER_HOST, type PortNumber, REMOTE, ROUTER } from '../../topology.js';
import { extension, objectOf, word } from '../extensions.js';
import { icmp, query, spoilt } from '../sends.js';

const ON = { icmp: { probe: true } } as const;
const OTHER_NAMES = 'its devices have other names';
/** The probed interface is one of the router's own. */
const LOCAL = 1;
const SEQUENCE = 7;

/** Interface Identification Objects: class 3. */
const byName = (name: string): number[] =>
  objectOf(3, 1, [...Buffer.from(name), ...new Array<number>(-name.length & 3).fill(0)]);
const byIndex = (index: number): number[] => objectOf(3, 2, word(index));
const byAddress = (address: string): number[] => objectOf(3, 3, [0, 1, 4, 0, ...addressOctets(address)]);

const request = (
  about: Uint8Array | readonly number[],
  { flags = LOCAL, ...fields }: { flags?: number } & Parameters<typeof query>[1] = {},
): Uint8Array =>
  query(42, {
    sequence: (SEQUENCE << 8) | flags,
    data: about instanceof Uint8Array ? about : extension(about),
    ...fields,
  });

/** Identifier and sequence number come back, and nothing that follows: TTL 255, DF, no type of service. */
const found = (
  code: number,
  status = 0,
  { from = ROUTER[0], to = HOST[0], on = 0 }: { from?: string; to?: string; on?: PortNumber } = {},
): Expectation =>
  originated(
    on,
    datagram({
      ttl: 255,
      flags: FLAG_DONT_FRAGMENT,
      protocol: 1,
      source: from,
      destination: to,
      payload: icmp(43, code, [0x42, 0x42, SEQUENCE, status]),
    }),
  );

/** Active, and IPv4 runs on it. */
const UP = 0x06;
/** The state of a neighbor that is there, in the upper three bits. */
const REACHABLE = 0x40;

const asked = (
  title: string,
  about: Uint8Array | readonly number[],
  code: number,
  status = 0,
  flags = LOCAL,
) => kase(title, { send: request(about, { flags }), on: 0, expect: [found(code, status)], settings: ON });

const named = (title: string, ...rest: readonly [readonly number[], number, number?, number?]) => ({
  ...asked(title, ...rest),
  notOnLinux: OTHER_NAMES,
});

const sound = extension(byAddress(ROUTER[1]));

export const probe: readonly Row[] = [
  row('PB1', 'MUST', 'RFC 8335 §4, §8', 'a probe is not answered unless that is switched on', [
    kase('by default', { send: request(byAddress(ROUTER[1])), on: 0, drop: 'icmp-ignored' }),
    kase('off, and malformed', {
      send: request([]),
      on: 0,
      drop: 'icmp-ignored',
      settings: { icmp: { probe: false } },
    }),
    kase('off, and in transit it is forwarded', {
      send: request(byAddress(ROUTER[1]), { destination: REMOTE[1] }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row('PB2', 'MUST', 'RFC 8335 §4', 'an interface that is up is told to be active', [
    named('by name', byName(`${DUT}.${linkOf(1)}`), 0, UP),
    named('by index', byIndex(2), 0, UP),
    asked('by address', byAddress(ROUTER[1]), 0, UP),
    asked('by the address that is asked', byAddress(ROUTER[0]), 0, UP),
    kase('the reply comes from the address that was asked, the type of service does not come back', {
      send: request(byAddress(ROUTER[1]), { destination: ROUTER[2], tos: 0xb8 }),
      on: 0,
      expect: [found(0, UP, { from: ROUTER[2] })],
      settings: ON,
    }),
    kase('asked from behind another port', {
      send: request(byAddress(ROUTER[1]), { source: REMOTE[1] }),
      on: 0,
      expect: [found(0, UP, { to: REMOTE[1], on: 1 })],
      settings: ON,
    }),
    kase('an extension whose checksum is zero has none', {
      send: request(spoilt(sound, 2, 0, 0)),
      on: 0,
      expect: [found(0, UP)],
      settings: ON,
    }),
  ]),
  row('PB3', 'MUST', 'RFC 8335 §3', 'an interface that is down is told to be there, and no more', [
    ...(
      [
        ['by name', byName(`${DUT}.${linkOf(1)}`), true],
        ['by address', byAddress(ROUTER[1]), false],
      ] as const
    ).map(([title, about, isNamed]) =>
      kase(title, {
        steps: [
          { setDown: 1 },
          { send: request(about), on: 0, expect: [found(0, 0)] },
          { setUp: 1 },
          { send: request(about), on: 0, expect: [found(0, UP)] },
        ],
        settings: ON,
        ...(isNamed ? { notOnLinux: OTHER_NAMES } : {}),
      }),
    ),
  ]),
  row('PB4', 'MUST', 'RFC 8335 §4.1', 'an interface that is not there is told by code 2', [
    asked('by name', byName(`${DUT}.elsewhere`), 2),
    asked('by the beginning of a name', byName(`${DUT}.p`), 2),
    asked('by index', byIndex(99), 2),
    asked('by the index 0', byIndex(0), 2),
    asked('by address, that of a host', byAddress(HOST[0]), 2),
    asked('by an address of IPv6', objectOf(3, 3, [0, 2, 16, 0], new Array<number>(16).fill(0xfd)), 2),
  ]),
  row('PB5', 'MUST', 'RFC 8335 §4.1', 'a malformed probe is told by code 1', [
    asked('no extension at all', new Uint8Array(0), 1),
    asked('half an extension header', new Uint8Array([0x20, 0]), 1),
    asked('an extension without an object', [], 1),
    asked('an object without an identification', objectOf(3, 1), 1),
    asked('two objects', [...byAddress(ROUTER[1]), ...byAddress(ROUTER[2])], 1),
    asked('an object of another class', objectOf(9, 3, [0, 1, 4, 0, ...addressOctets(ROUTER[1])]), 1),
    asked(
      'an object of the class of interface information',
      objectOf(2, 3, [0, 1, 4, 0, ...addressOctets(ROUTER[1])]),
      1,
    ),
    ...[0, 4].map((type) => asked(`an identification of kind ${type}`, objectOf(3, type, word(2)), 1)),
    asked('an index of eight octets', objectOf(3, 2, word(0), word(2)), 1),
    asked(
      'an address of another length than IPv4 has',
      objectOf(3, 3, [0, 1, 3, 0, ...addressOctets(ROUTER[1])]),
      1,
    ),
    asked(
      'an address that is longer than it says',
      objectOf(3, 3, [0, 1, 4, 0, ...addressOctets(ROUTER[1])], word(0)),
      1,
    ),
    asked('an object longer than the message', withLength(byAddress(ROUTER[1]), 16), 1),
    asked('an object shorter than the message', withLength(byAddress(ROUTER[1]), 8), 1),
    asked('an object shorter than its own header', withLength(byAddress(ROUTER[1]), 3), 1),
    asked('version 1', rechecked(spoilt(sound, 0, 0x10)), 1),
    asked('version 3', rechecked(spoilt(sound, 0, 0x30)), 1),
    asked('a wrong checksum of the extension', spoilt(sound, 2, 0x12, 0x34), 1),
  ]),
  row('PB6', 'MUST', 'RFC 8335 §4.1', 'a neighbor is found by its address only', [
    asked('by name', byName(`${DUT}.${linkOf(1)}`), 1, 0, 0),
    asked('by index', byIndex(2), 1, 0, 0),
    asked('by address: one that is there', byAddress(HOST[1]), 0, REACHABLE, 0),
    asked('by address: one on the link of who asks', byAddress(OTHER_HOST[0]), 0, REACHABLE, 0),
    asked('by address: nobody', byAddress(NOBODY_AT[1]), 3, 0, 0),
    asked('by address: somebody who is no neighbor', byAddress(REMOTE[1]), 3, 0, 0),
    asked('by address: the router itself', byAddress(ROUTER[1]), 3, 0, 0),
    asked('by address: a group', byAddress('224.0.0.1'), 3, 0, 0),
    asked('by address: the broadcast address of a link', byAddress('10.0.2.255'), 3, 0, 0),
    kase('by address: one whose port went down', {
      steps: [{ setDown: 1 }, { send: request(byAddress(HOST[1]), { flags: 0 }), on: 0, expect: [found(3)] }],
      settings: ON,
    }),
  ]),
  row('PB7', 'MUST', 'RFC 8335 §4.1', 'where several interfaces are meant, that is told by code 4', [
    kase('the address that two unnumbered ports go by', {
      send: request(byAddress('10.255.0.1')),
      on: 0,
      expect: [found(4)],
      settings: { ...ON, ip: { loopback: '10.255.0.1' } },
      topology: { addresses: { 1: [], 2: [] } },
    }),
    kase('the address that one unnumbered port goes by', {
      send: request(byAddress('10.255.0.1')),
      on: 0,
      expect: [found(0, UP)],
      settings: { ...ON, ip: { loopback: '10.255.0.1' } },
      topology: { addresses: { 1: [] } },
    }),
  ]),
  row('PB8', 'MUST', 'RFC 8335 §4', 'a probe of everybody, or from no single host, gets no answer', [
    ...(
      [
        ['to all systems', { destination: '224.0.0.1' }, 'icmp-ignored'],
        ['to the limited broadcast address', { destination: '255.255.255.255' }, 'icmp-ignored'],
        ['to the broadcast address of the link', { destination: '10.0.1.255' }, 'icmp-ignored'],
        ['from a group', { source: '224.1.1.1' }, 'martian-source'],
        ['from the broadcast address of the link', { source: '10.0.1.255' }, 'martian-source'],
        ['from nobody', { source: '0.0.0.0' }, 'martian-source'],
        ['from nobody to everybody', { source: '0.0.0.0', destination: '255.255.255.255' }, 'icmp-ignored'],
        ['from loopback', { source: '127.0.0.1' }, 'martian-source'],
      ] as const
    ).map(([title, fields, drop]) =>
      kase(`${title}, also where echo requests to everybody are answered`, {
        send: request(byAddress(ROUTER[1]), fields),
        on: 0,
        drop,
        settings: { icmp: { probe: true, 'echo-broadcast': true } },
      }),
    ),
  ]),
  row('PB9', '—', 'RFC 8335 §3', 'a reply is never longer than its probe', [
    named('a long name: the reply has 28 octets', byName(`${DUT}.${'p'.repeat(60)}`), 2),
    kase('no extension: 28 octets for 28', {
      send: request(new Uint8Array(0)),
      on: 0,
      expect: [found(1)],
      settings: ON,
    }),
  ]),
];

/** The object with another length in its header. */
function withLength(object: readonly number[], length: number): number[] {
  return [length >>> 8, length & 255, ...object.slice(2)];
}

/** The extension with a right checksum. */
function rechecked(octets: Uint8Array): Uint8Array {
  const right = spoilt(octets, 2, 0, 0);
  writeUint16(right, 2, checksum(right, 0, right.length));
  return right;
}
