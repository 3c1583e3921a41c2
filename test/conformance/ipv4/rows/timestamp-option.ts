import { uint32 } from '../../../../src/ip/octets.js';
import { addressOctets } from '../../../support/datagram.js';
import { proof, type Row, row } from '../../case.js';
import { configurationOf } from '../../configuration.js';
import { VirtualRouter } from '../../targets/virtual-router.js';
import { GATEWAY, NOBODY_AT, REMOTE, ROUTER } from '../../topology.js';
import { problem, rewritten, untouched } from '../option-cases.js';
import { query, transit } from '../sends.js';
import { EGRESS, EMPTY, stamped, USED } from '../stamps.js';

/** Sends a timestamp through a router that does not know the time. */
const clockFault = (): string | undefined => {
  const virtual = new VirtualRouter(configurationOf());
  const gateway = query(0, { source: GATEWAY[1], destination: ROUTER[1], data: [] });
  virtual.host(1).send(gateway);
  virtual.host(0).send(transit({ options: [68, 8, 5, 0, ...EMPTY] }));
  const [out] = virtual.host(1).take();
  if (out === undefined) return 'nothing came out';
  const slot = uint32(out, 24);
  return out[22] === 9 && slot >= 0x8000_0000 ? undefined : `pointer ${out[22]}, time ${slot.toString(16)}h`;
};

export const timestampOption: readonly Row[] = [
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
