import { type Address, formatAddress } from '../../address.js';
import type { Explanation } from '../../explanation.js';
import type { Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import { Outcome } from './outcome.js';
import { addressMeant, type Origin, originAt, originOf } from './places.js';
import { datagramOf, type Question } from './question.js';
import { Walk } from './walk.js';

/**
 * What would happen to a datagram, step by step. Nothing is sent, counted, learned or remembered.
 *
 * Throws a `Failure` (2) about words that mean nothing, and about a source that nobody has where `in` is left out.
 */
export const explain = (lab: Lab, question: Question, now: Instant): Explanation => {
  const source = addressMeant(lab, question.source);
  const destination = addressMeant(lab, question.destination);
  const octets = datagramOf(question, source, destination);
  const origin =
    question.in === undefined ? originOf(lab, source, question.source) : originAt(lab, question.in);
  return (itself(lab, origin, destination) ?? explained(lab, origin, octets, now)).explanation;
};

/** Follows octets from where they begin. */
export const explained = (lab: Lab, origin: Origin, octets: Uint8Array, now: Instant): Outcome => {
  const walk = new Walk(lab, now);
  switch (origin.kind) {
    case 'host':
      if (origin.host.isUp) walk.fromHost(origin.host, origin.link, octets);
      else walk.fromNowhere(origin.host);
      break;
    case 'router':
      walk.fromRouter(origin.router, octets);
      break;
    case 'departure':
      walk.departing(origin.egress, origin.nextHop, octets);
      break;
    case 'interface':
      walk.into(origin.router, origin.ingress, octets);
      break;
  }
  return walk.outcome;
};

/** What a host or router sends to itself never leaves it. Source: RFC 1122 §3.2.1.3. */
const itself = (lab: Lab, origin: Origin, destination: Address): Outcome | undefined => {
  const outcome = new Outcome();
  const detail = `${formatAddress(destination)} is its own address`;
  if (origin.kind === 'router' && origin.router.routing.isOurs(destination)) {
    outcome.routers.add(origin.router.name);
    outcome.step(origin.router.name, 'deliver', detail, 'RFC 1122 §3.2.1.3');
    return outcome;
  }
  if (origin.kind !== 'host') return undefined;
  const { owner } = origin.host;
  const own = [...lab.links.values()].flatMap(({ attachments }) =>
    attachments.filter((each) => each.owner === owner).flatMap(({ addresses }) => addresses),
  );
  if (!own.includes(destination)) return undefined;
  outcome.wanted.add(owner);
  outcome.step(owner, 'deliver', detail, 'RFC 1122 §3.2.1.3');
  return outcome;
};
