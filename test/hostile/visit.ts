import { contains, isMulticast, LIMITED_BROADCAST, lastAddress } from '../../src/address.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import type { Router } from '../../src/router/router.js';

/** What a router did about one datagram that came in, or, without an original, about time that passed. */
export interface Visit {
  readonly router: Router;
  /** As it came, cut to its total length. */
  readonly original: Uint8Array | undefined;
  /** The number of that datagram. */
  readonly id: number | undefined;
  /** As the router's book said when the visitor last looked. */
  originated: number;
  /** Datagrams that left, their fragments counted once. */
  errors: number;
  redirects: number;
  answers: number;
  /** Payload octets that left, by what they were. */
  errorOctets: number;
  answerOctets: number;
  forwardedOctets: number;
}

/** Thrown where a router breaks a promise. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export const insist: (isTrue: boolean, promise: string, datagram?: Uint8Array) => asserts isTrue = (
  isTrue,
  promise,
  datagram,
) => {
  if (isTrue) return;
  const octets = datagram === undefined ? '' : `\n  datagram: ${Buffer.from(datagram).toString('hex')}`;
  throw new Broken(`${promise}${octets}`);
};

/** Message types that report an error, a redirect among them. Source: RFC 792. */
const ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);
const REDIRECT = 5;
const ADVERTISEMENT = 9;

/** No error is longer. Source: RFC 1812 §4.3.2.3. */
const LONGEST_ERROR = 576;

/** Checks the first or only fragment of a datagram that the router wrote itself, and takes note of it. */
export const inspectOriginated = (visit: Visit, datagram: Uint8Array): void => {
  const { router, original } = visit;
  insist(isOwnAddress(router, ipv4.source(datagram)), 'a datagram of its own has an own source', datagram);
  insist(ipv4.fragmentOffset(datagram) === 0, 'a datagram of its own begins at its beginning', datagram);
  if (ipv4.protocol(datagram) !== ipv4.PROTOCOL_ICMP) return;
  const at = ipv4.headerLength(datagram);
  insist(datagram.length >= at + 8, 'an ICMP message has a whole header', datagram);
  if (!ipv4.hasMoreFragments(datagram))
    insist(isChecksumRight(datagram, at, datagram.length), 'its ICMP checksum is right', datagram);
  const type = datagram[at]!;
  if (type === REDIRECT) visit.redirects += 1;
  else if (ERRORS.has(type)) visit.errors += 1;
  else visit.answers += 1;
  if (original === undefined) {
    const isDue = type === 11 || type === ADVERTISEMENT || type === 8;
    insist(isDue, 'time makes only expired reassemblies, advertisements and pings speak', datagram);
  } else if (ERRORS.has(type)) inspectError(router, original, datagram);
};

/** When an error may be sent, and what it has to quote. Source: RFC 1812 §4.3.2.3, §4.3.2.7. */
const inspectError = (router: Router, came: Uint8Array, error: Uint8Array): void => {
  const quote = error.subarray(ipv4.headerLength(error) + 8);
  // The fragment that completes a datagram for the router itself: the whole is what is answered.
  const isWhole = ipv4.isFragment(came) && quote.length >= 20 && !ipv4.isFragment(quote);
  const original = isWhole && isOwnAddress(router, ipv4.destination(quote)) ? quote : came;
  // Cut off by fragmentation before it says what was answered.
  const isCut = quote.length < 20 && ipv4.hasMoreFragments(error);
  if (isCut && ipv4.isFragment(came) && isOwnAddress(router, ipv4.destination(came))) return;
  const isAllowed = (promise: string, isTrue: boolean): void =>
    insist(isTrue, `an error never answers ${promise}`, original);
  isAllowed('a fragment but the first', ipv4.fragmentOffset(original) === 0);
  const message = ipv4.headerLength(original);
  const isAboutIcmp = ipv4.protocol(original) === ipv4.PROTOCOL_ICMP;
  isAllowed('an error', !isAboutIcmp || !ERRORS.has(original[message] ?? 3));
  isAllowed('a broadcast or multicast', isSingle(router, ipv4.destination(original)));
  const sender = ipv4.source(original);
  isAllowed(
    'a sender that is not one host',
    isSingle(router, sender) && sender >>> 24 !== 0 && sender >>> 24 !== 127,
  );
  isAllowed('the router itself', !isOwnAddress(router, sender));

  const at = ipv4.headerLength(error);
  if (!ipv4.hasOptions(error))
    insist(ipv4.destination(error) === sender, 'an error goes to the sender', error);
  const hasExtension = error[at] !== REDIRECT && error[at + 5] !== 0;
  const room = error.length - at - 8;
  const quoted = Math.min(room, original.length, hasExtension ? 128 : room);
  if (!hasExtension) insist(room <= original.length, 'an error quotes nothing but the original', error);
  if (!ipv4.hasMoreFragments(error))
    insist(quoted >= Math.min(original.length, message + 8), 'an error quotes header and 8 octets', error);
  // What was put together, or what its source route brought here, is quoted as it was delivered.
  if (ipv4.isFragment(original) || ipv4.hasOptions(original)) return;
  const isExact = error.subarray(at + 8, at + 8 + quoted).every((octet, index) => octet === original[index]);
  insist(isExact, 'an error quotes the original as it came', error);
};

/** Checks what a router passes on: one hop older, otherwise what came in. */
export const inspectForwarded = ({ original }: Visit, datagram: Uint8Array): void => {
  insist(original !== undefined, 'time forwards nothing', datagram);
  insist(ipv4.ttl(datagram) === ipv4.ttl(original) - 1, 'one hop takes 1 from the TTL', datagram);
  insist(ipv4.source(datagram) === ipv4.source(original), 'a forwarded source stays', datagram);
  insist(ipv4.protocol(datagram) === ipv4.protocol(original), 'a forwarded protocol stays', datagram);
  insist(
    ipv4.identification(datagram) === ipv4.identification(original),
    'an identification stays',
    datagram,
  );
  if (!ipv4.hasOptions(original))
    insist(ipv4.destination(datagram) === ipv4.destination(original), 'a destination stays', datagram);
};

/** Checks the sums of a visit that is over: nobody makes the router say more than was said to it. */
export const inspectVisit = (visit: Visit): void => {
  const { original } = visit;
  if (original === undefined) return;
  const amount = `${visit.errors} errors, ${visit.redirects} redirects, ${visit.answers} answers`;
  insist(
    visit.errors + visit.answers <= 1 && visit.redirects <= 1,
    `one datagram has at most one answer and one redirect: ${amount}`,
    original,
  );
  const most = LONGEST_ERROR * (visit.errors + visit.redirects);
  insist(visit.errorOctets <= most, 'an error has at most 576 octets', original);
  if (original.length < 20) {
    insist(visit.forwardedOctets + visit.answerOctets === 0, 'what has no header says nothing', original);
    return;
  }
  const said = ipv4.isFragment(original) ? ipv4.MAXIMUM_DATAGRAM_LENGTH : payloadOf(original);
  insist(visit.answerOctets <= said, 'an answer is no longer than its query', original);
  const copies = isMulticast(ipv4.destination(original)) ? visit.router.interfaces.length : 1;
  const isKept = visit.forwardedOctets <= copies * payloadOf(original);
  insist(isKept, 'no more is forwarded than came', original);
};

/** 0 for what has no whole header. */
export const payloadOf = (datagram: Uint8Array): number =>
  datagram.length < 20 ? 0 : Math.max(0, datagram.length - ipv4.headerLength(datagram));

export const isError = (datagram: Uint8Array): boolean =>
  ipv4.protocol(datagram) === ipv4.PROTOCOL_ICMP && ERRORS.has(datagram[ipv4.headerLength(datagram)]!);

const isOwnAddress = ({ interfaces, settings }: Router, address: number): boolean =>
  address === settings.ip.loopback ||
  interfaces.some((each) => each.addresses.some((own) => own.address === address));

/** Whether an address can be that of one host, as far as this router knows. */
const isSingle = ({ interfaces }: Router, address: number): boolean => {
  if (isMulticast(address) || address === LIMITED_BROADCAST) return false;
  const isOfNetwork = interfaces.some((each) =>
    each.addresses.some(
      ({ prefix }) =>
        prefix.length <= 30 &&
        contains(prefix, address) &&
        (address === prefix.network || address === lastAddress(prefix)),
    ),
  );
  return !isOfNetwork;
};
