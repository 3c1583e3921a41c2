import * as ipv4 from '../../../src/ip/header.js';
import { uint32 } from '../../../src/ip/octets.js';
import { VirtualLab } from '../../../src/lab/virtual-lab.js';
import { addressOctets } from '../../support/datagram.js';
import { type Case, kase, proof, row } from '../case.js';
import { type Expectation, originated, passedOn } from '../expectation.js';
import { query, transit } from '../stimulus.js';
import { UTC_MILLISECONDS } from '../targets/memory.js';
import { configurationOf, GATEWAY, hostOf, linkOf, NOBODY_AT, REMOTE, ROUTER } from '../topology.js';
import { problem, rewritten, untouched } from './option-cases.js';

const EGRESS = addressOctets(ROUTER[1]);
const EMPTY = [0, 0, 0, 0];
/** A slot that another router has used. */
const USED = [192, 0, 2, 77];

/** Milliseconds since midnight UT that a router may have written: its clock runs, or is that of the memory target. */
const isNow = (time: number): boolean => {
  const isNear = (clock: number): boolean => Math.abs(time - clock) < 5000;
  return isNear(UTC_MILLISECONDS) || isNear(Date.now() % 86_400_000);
};

/** The datagram leaves with these options; at each of these octets of the header stands the time, whatever it is. */
const timed =
  (options: readonly number[], times: readonly number[]): Expectation =>
  (sent) => {
    const as = passedOn(transit({ options }));
    const id = ipv4.identification(sent.at(-1)!);
    const wanted = originated(1, as, {
      free: times.map((at) => [at, 4] as const),
      also: (octets) => {
        if (ipv4.identification(octets) !== id) return 'another identification';
        const wrong = times.map((at) => uint32(octets, at)).find((time) => !isNow(time));
        return wrong === undefined ? undefined : `${wrong} ms since midnight`;
      },
    });
    return wanted(sent);
  };

export const stamped = (
  title: string,
  before: readonly number[],
  after: readonly number[],
  ...times: readonly number[]
): Case => kase(title, { send: transit({ options: before }), on: 0, expect: [timed(after, times)] });

/** Sends a timestamp through a router that does not know the time. */
const clockFault = (): string | undefined => {
  const lab = new VirtualLab(configurationOf(kase('no clock', { steps: [] })));
  const gateway = query(0, { source: GATEWAY[1], destination: ROUTER[1], data: [] });
  lab.host(hostOf(1), linkOf(1)).send(gateway);
  lab.host(hostOf(0), linkOf(0)).send(transit({ options: [68, 8, 5, 0, ...EMPTY] }));
  const [out] = lab.host(hostOf(1), linkOf(1)).take();
  if (out === undefined) return 'nothing came out';
  const slot = uint32(out, 24);
  return out[22] === 9 && slot >= 0x8000_0000 ? undefined : `pointer ${out[22]}, time ${slot.toString(16)}h`;
};

/** Record Route and Timestamp. */
export const stamps = [
  row('OP7', 'MUST', 'RFC 1812 §4.2.2.2, §5.3.13.5', 'record route gets the address of the egress', [
    rewritten('the first slot', [7, 7, 4, ...EMPTY], { options: [7, 7, 8, ...EGRESS] }),
    rewritten('the second slot', [7, 15, 8, ...USED, ...EMPTY, ...EMPTY], {
      options: [7, 15, 12, ...USED, ...EGRESS, ...EMPTY],
    }),
    rewritten('behind a no-operation', [1, 7, 7, 4, ...EMPTY], { options: [1, 7, 7, 8, ...EGRESS] }),
    rewritten(
      'an address of its own on the subnet of the next hop',
      [7, 7, 4, ...EMPTY],
      {
        options: [7, 7, 8, ...addressOctets('10.0.2.2')],
      },
      { topology: { addresses: { 1: ['10.0.5.1/24', '10.0.2.2/24'] } } },
    ),
  ]),

  row('OP8', 'MUST', 'RFC 791 §3.1, RFC 1812 §5.3.13', 'a full record route stays as it is', [
    untouched('one slot', [7, 7, 8, ...USED]),
    untouched('a pointer far behind the end', [7, 7, 255, ...USED]),
    untouched('no slot at all', [7, 3, 4]),
  ]),

  row('OP9', 'SHOULD', 'RFC 791 §3.1', 'a record route that points into its own head is answered with 12/0', [
    ...[0, 1, 3].map((pointer) => problem(`pointer ${pointer}`, [7, 7, pointer, ...EMPTY], 22)),
  ]),

  row('OP10', 'SHOULD', 'RFC 791 §3.1', 'a record route with less than a slot left is answered with 12/0', [
    problem('3 octets left', [7, 7, 5, ...EMPTY], 22),
    problem('1 octet left', [7, 8, 8, ...USED, 0], 22),
  ]),

  row('OP11', 'SHOULD', 'RFC 791 §3.1', 'a record route without a pointer is answered with 12/0', [
    problem('length 2', [7, 2, 0, 0], 21),
  ]),

  row('OP12', 'SHOULD', 'RFC 791 §3.1', 'a second record route is answered with 12/0', [
    problem('two of one slot each', [7, 7, 4, ...EMPTY, 1, 7, 7, 4, ...EMPTY], 28),
    problem('though the first is full', [7, 7, 8, ...USED, 1, 7, 7, 4, ...EMPTY], 28),
  ]),

  row('OP13', 'MUST', 'RFC 791 §3.1, RFC 1812 §5.3.13.6', 'timestamp: milliseconds since midnight UT', [
    stamped('the first slot', [68, 8, 5, 0, ...EMPTY], [68, 8, 9, 0, ...EMPTY], 24),
    stamped(
      'the second slot, overflow kept',
      [68, 16, 9, 0x30, ...USED, ...EMPTY, ...EMPTY],
      [68, 16, 13, 0x30, ...USED, ...EMPTY, ...EMPTY],
      28,
    ),
  ]),

  row('OP14', 'MUST', 'RFC 1812 §5.3.13.6', 'timestamp with addresses: that of the egress, and the time', [
    stamped(
      'the first slot',
      [68, 20, 5, 1, ...EMPTY, ...EMPTY, ...EMPTY, ...EMPTY],
      [68, 20, 13, 1, ...EGRESS, ...EMPTY, ...EMPTY, ...EMPTY],
      28,
    ),
    stamped(
      'the second slot',
      [68, 20, 13, 1, ...USED, ...USED, ...EMPTY, ...EMPTY],
      [68, 20, 21, 1, ...USED, ...USED, ...EGRESS, ...EMPTY],
      36,
    ),
  ]),

  row(
    'OP15',
    'MUST',
    'RFC 1812 §5.3.13.6',
    'timestamp with prespecified addresses: the time where the next one is any of ours',
    [
      ...ROUTER.map((address, port) =>
        stamped(
          `the address of port ${port}`,
          [68, 12, 5, 3, ...addressOctets(address), ...EMPTY],
          [68, 12, 13, 3, ...addressOctets(address), ...EMPTY],
          28,
        ),
      ),
      stamped(
        'one slot only, though the next is ours, too',
        [68, 20, 5, 3, ...EGRESS, ...EMPTY, ...EGRESS, ...EMPTY],
        [68, 20, 13, 3, ...EGRESS, ...EMPTY, ...EGRESS, ...EMPTY],
        28,
      ),
    ],
  ),

  row(
    'OP16',
    'MUST',
    'RFC 791 §3.1',
    'timestamp with prespecified addresses: nothing where the next is not ours',
    [
      untouched('a remote address', [68, 12, 5, 3, ...addressOctets(REMOTE[1]), ...EMPTY]),
      untouched('a neighbor', [68, 12, 5, 3, ...addressOctets(NOBODY_AT[1]), ...EMPTY]),
      untouched('ours is only the one behind it', [
        ...[68, 20, 5, 3, ...addressOctets(REMOTE[1]), ...EMPTY],
        ...[...EGRESS, ...EMPTY],
      ]),
      untouched('all filled in', [68, 12, 13, 3, ...EGRESS, ...USED]),
    ],
  ),

  row(
    'OP17',
    'MUST',
    'RFC 791 §3.1, RFC 1812 §4.2.2.1 (e)',
    'a full timestamp counts the routers without room',
    [
      rewritten('the first', [68, 8, 9, 0x00, ...USED], { options: [68, 8, 9, 0x10, ...USED] }),
      rewritten('the fifteenth', [68, 8, 9, 0xe0, ...USED], { options: [68, 8, 9, 0xf0, ...USED] }),
      rewritten('with addresses', [68, 12, 13, 0x21, ...USED, ...USED], {
        options: [68, 12, 13, 0x31, ...USED, ...USED],
      }),
    ],
  ),

  row('OP18', 'SHOULD', 'RFC 791 §3.1', 'a full timestamp that counts no further is answered with 12/0', [
    problem('overflow 15, times', [68, 8, 9, 0xf0, ...USED], 23),
    problem('overflow 15, addresses and times', [68, 12, 13, 0xf1, ...USED, ...USED], 23),
  ]),

  row('OP19', 'SHOULD', 'RFC 791 §3.1', 'a timestamp that points into its own head is answered with 12/0', [
    ...[0, 1, 4].map((pointer) => problem(`pointer ${pointer}`, [68, 8, pointer, 0, ...EMPTY], 22)),
  ]),

  row('OP20', 'SHOULD', 'RFC 791 §3.1', 'a timestamp without its whole head is answered with 12/0', [
    problem('length 3', [68, 3, 5, 0], 21),
    problem('length 2', [68, 2, 0, 0], 21),
  ]),

  row('OP21', 'SHOULD', 'RFC 791 §3.1', 'a timestamp with a flag that nobody knows is answered with 12/0', [
    ...[2, 4, 15].map((flag) => problem(`flag ${flag}`, [68, 12, 5, flag, ...EMPTY, ...EMPTY], 23)),
  ]),

  row('OP22', 'SHOULD', 'RFC 791 §3.1', 'a timestamp with less than a slot left is answered with 12/0', [
    problem('4 octets for address and time', [68, 8, 5, 1, ...EMPTY], 22),
    problem('4 octets for a prespecified address and its time', [68, 8, 5, 3, ...EGRESS], 22),
    problem('3 octets for a time', [68, 7, 5, 0, 0, 0, 0, 0], 22),
  ]),

  row('OP23', 'MUST', 'RFC 791 §3.1, RFC 792', 'a time that is not standard has its first bit set', [
    proof('a router without a clock', clockFault),
  ]),
];
