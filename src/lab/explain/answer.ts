import { type Address, formatAddress } from '../../address.js';
import type { ExplainedError } from '../../explanation.js';
import type { ForeseenMessage } from '../../icmp/error-sender.js';
import { SENT_MESSAGES } from '../../icmp/message.js';

/** The error that a router would send, in numbers and in words. */
export const answerTo = (
  foreseen: ForeseenMessage | undefined,
): { readonly icmp: ExplainedError | null; readonly words: string } => {
  if (foreseen === undefined) return { icmp: null, words: '' };
  const { message } = foreseen;
  if (foreseen.why !== undefined) return { icmp: null, words: `; no ${message}: ${foreseen.why}` };
  const [type, code] = SENT_MESSAGES[message];
  const [from, to] = [formatAddress(foreseen.from), formatAddress(foreseen.to)];
  return { icmp: { type, code, from, to }, words: `; ${message} to ${to}` };
};

/** What a router tells the sender of a datagram that leaves by where it came. */
export const spokenRedirect = (foreseen: ForeseenMessage, gateway: Address): string =>
  foreseen.why === undefined
    ? `${formatAddress(foreseen.to)} is told to use ${formatAddress(gateway)}`
    : `${formatAddress(gateway)} is better, but no ${foreseen.message}: ${foreseen.why}`;
