import { FLAG_MORE_FRAGMENTS } from '../../../../src/ip/header.js';
import { addressOctets, pattern } from '../../../support/datagram.js';
import { type Case, kase, type Row, row } from '../../case.js';
import { forwarded } from '../../expectation.js';
import { REMOTE, ROUTER } from '../../topology.js';
import { problem, refused, rewritten, untouched } from '../option-cases.js';
import { icmp, icmpErrorAbout, transit } from '../sends.js';
import { stamped } from '../stamps.js';

const EGRESS = addressOctets(ROUTER[1]);
const slots = (count: number): number[] => new Array<number>(4 * count).fill(0);

/** A record route that points into its own head. */
const BAD = [7, 7, 1, 0, 0, 0, 0];
const OTHERS_DROPPED = { settings: { ip: { options: { other: 'drop' } } } } as const;

/** Options that this router has no part in, each passed on, or dropped by leave. */
const passedOrDropped = (types: readonly (readonly [title: string, type: number])[]): Case[] =>
  types.flatMap(([title, type]) => {
    const options = [type, 8, 1, 2, 3, 4, 5, 6];
    return [untouched(title, options), refused(`${title}, other: drop`, options, OTHERS_DROPPED)];
  });

/** A bad option where no error may be sent. */
const silent = (title: string, fields: Parameters<typeof transit>[0]): Case =>
  kase(title, { send: transit({ options: BAD, ...fields }), on: 0, drop: 'bad-option' });

export const options: readonly Row[] = [
  row('OP1', 'MUST', 'RFC 1812 §4.2.2.6, RFC 7126 §4.1, §4.2', 'padding is forwarded as it is', [
    untouched('no-operations', [1, 1, 1, 1]),
    untouched('no-operations and an end', [1, 1, 1, 0]),
    untouched('ends alone', [0, 0, 0, 0]),
    untouched('40 no-operations', new Array<number>(40).fill(1)),
  ]),
  row('OP2', 'MUST', 'RFC 1812 §5.3.13.1', 'an option that nobody knows is forwarded as it is', [
    untouched('type 94, length 4', [94, 4, 0xde, 0xad]),
    untouched('type 222, length 2', [222, 2, 1, 1]),
    untouched('type 31, twice', [31, 4, 1, 2, 31, 4, 3, 4]),
    refused('other: drop', [94, 4, 0xde, 0xad], OTHERS_DROPPED),
    untouched('padding is no such option', [1, 1, 1, 0], OTHERS_DROPPED),
  ]),
  row('OP3', 'MUST', 'RFC 1812 §5.3.13.1', 'what follows the end of the options is forwarded as it is', [
    untouched('octets that would be a bad option', [0, 7, 1, 255]),
    untouched('a record route with room', [0, 7, 7, 4, 0, 0, 0, 0]),
  ]),
  row(
    'OP4',
    'SHOULD',
    'RFC 792, RFC 1122 §3.2.1.8',
    'an option of no length is answered with 12/0 about its type',
    [
      problem('length 0', [94, 0, 0, 0], 20),
      problem('length 1', [94, 1, 0, 0], 20),
      problem('length 0, behind two no-operations', [1, 1, 94, 0], 22),
      problem('record route of length 0', [7, 0, 4, 0, 0, 0, 0, 0], 20),
      problem('timestamp of length 1', [68, 1, 5, 0], 20),
    ],
  ),
  row(
    'OP5',
    'SHOULD',
    'RFC 792',
    'an option that is longer than the header is answered with 12/0 about its type',
    [
      problem('9 octets where 4 are', [94, 9, 0, 0], 20),
      problem('one octet too long, behind a no-operation', [1, 7, 4, 4], 21),
      problem('255 octets', [68, 255, 5, 0], 20),
    ],
  ),
  row('OP6', 'SHOULD', 'RFC 792', 'an option whose length is outside of the header is answered with 12/0', [
    problem('record route as the last octet', [1, 1, 1, 7], 23),
    problem('an unknown one as the last of 40 octets', [...new Array<number>(39).fill(1), 94], 59),
  ]),
  row(
    'OP38',
    'SHOULD',
    'RFC 2113 §2.2, RFC 7126 §4.8',
    'a router alert that interests nobody here is forwarded',
    [
      untouched('value 0', [148, 4, 0, 0]),
      untouched('over a protocol that this router does not speak', [148, 4, 0, 0], {
        fields: { protocol: 46 },
      }),
      untouched('router-alert: pass', [148, 4, 0, 0], {
        settings: { ip: { options: { 'router-alert': 'pass' } } },
      }),
      refused('router-alert: drop', [148, 4, 0, 0], {
        settings: { ip: { options: { 'router-alert': 'drop' } } },
      }),
    ],
  ),
  row('OP39', '—', 'RFC 2113 §2.1', 'a router alert of another length is answered with 12/0', [
    problem('length 3', [148, 3, 0, 0], 21),
    problem('length 6', [148, 6, 0, 0, 0, 0, 0, 0], 21),
    problem('length 2', [148, 2, 0, 0], 21),
  ]),
  row('OP40', 'MUST', 'RFC 2113 §2.1', 'a router alert with another value is ignored, and forwarded', [
    untouched('value 1', [148, 4, 0, 1]),
    untouched('value 65535', [148, 4, 255, 255]),
  ]),
  row('OP41', 'SHOULD', 'RFC 7126 §4.12 to §4.14', 'security labels are forwarded as they are', [
    ...passedOrDropped([
      ['security', 130],
      ['extended security', 133],
      ['commercial security', 134],
    ]),
  ]),
  row(
    'OP42',
    'MUST',
    'RFC 1812 §5.3.13.3, RFC 7126 §4.6',
    'a stream identifier is forwarded, or dropped by leave',
    [untouched('as usual', [136, 4, 0, 7]), refused('other: drop', [136, 4, 0, 7], OTHERS_DROPPED)],
  ),
  row('OP43', 'SHOULD', 'RFC 6814 §1, RFC 7126 §4', 'deprecated options are forwarded, or dropped by leave', [
    ...passedOrDropped([11, 12, 82, 142, 145, 147, 149, 151, 152].map((type) => [`type ${type}`, type])),
  ]),
  row('OP44', 'MUST', 'RFC 791 §3.1', '40 octets of options are processed like fewer', [
    rewritten('record route of 9 slots', [7, 39, 4, ...slots(9), 1], {
      options: [7, 39, 8, ...EGRESS, ...slots(8), 1],
    }),
    rewritten('the last of 9 slots', [7, 39, 36, ...pattern(32), ...slots(1), 0], {
      options: [7, 39, 40, ...pattern(32), ...EGRESS, 0],
    }),
    stamped(
      'record route and timestamp with addresses',
      [7, 19, 4, ...slots(4), 1, 68, 20, 5, 1, ...slots(4)],
      [7, 19, 8, ...EGRESS, ...slots(3), 1, 68, 20, 13, 1, ...EGRESS, ...slots(3)],
      48,
    ),
    problem('a fault in the last of them', [...new Array<number>(36).fill(1), 148, 3, 0, 0], 57),
  ]),
  row(
    'OP45',
    'MUST',
    'RFC 1812 §4.3.2.7',
    'a bad option is dropped without a word where no error may be sent',
    [
      silent('a later fragment', { offset: 64, payload: pattern(32) }),
      silent('a later fragment, more to follow', {
        offset: 64,
        flags: FLAG_MORE_FRAGMENTS,
        payload: pattern(32),
      }),
      silent('an ICMP error', { protocol: 1, payload: icmpErrorAbout(transit({ source: REMOTE[1] }), 3, 1) }),
      silent('an ICMP message that nobody knows', { protocol: 1, payload: icmp(99, 0, [0, 0, 0, 0]) }),
      silent('the limited broadcast', { destination: '255.255.255.255' }),
      silent('the directed broadcast of the ingress', { destination: '10.0.1.255' }),
      silent('the directed broadcast of another port', { destination: '10.0.2.255' }),
      silent('a group', { destination: '239.1.2.3' }),
      kase('a later fragment without it goes through', {
        send: transit({ offset: 64, payload: pattern(32) }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
    ],
  ),
  row('OP46', '—', 'RFC 1812 §5.2.1.1, §5.2.1.2', 'a bad option counts before the TTL does', [
    problem('TTL 1', BAD, 22, { fields: { ttl: 1 } }),
    problem('TTL 0', BAD, 22, { fields: { ttl: 0 } }),
    problem('TTL 1 and no route', BAD, 22, { fields: { ttl: 1, destination: '10.99.0.5' } }),
  ]),
];
