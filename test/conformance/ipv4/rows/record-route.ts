import { addressOctets } from '../../../support/datagram.js';
import { type Row, row } from '../../case.js';
import { problem, rewritten, untouched } from '../option-cases.js';
import { EGRESS, EMPTY, USED } from '../stamps.js';

export const recordRoute: readonly Row[] = [
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
];
