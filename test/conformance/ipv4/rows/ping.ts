import { proof, type Row, row } from '../../case.js';
import { errorFault, optionsFault, replyFault, strangerFault, unsentFault } from '../proofs/pings.js';

export const ping: readonly Row[] = [
  row(
    'EC17',
    'MUST',
    'RFC 1812 §4.3.3.6, §10.3.3',
    'the router itself sends echo requests, and tells what came back',
    [
      proof('a request, and the reply with its TTL, length and time', replyFault),
      proof('TTL, type of service, DF, length and Record Route are as told', optionsFault),
      proof('an error about it, with the address that sent it', errorFault),
      proof('what does not fit is no answer, and after a while there is none', strangerFault),
      proof('what cannot leave is told at once', unsentFault),
    ],
  ),
];
