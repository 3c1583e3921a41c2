import { ALL_SYSTEMS } from '../../../src/address.js';
import type { DropReason } from '../../../src/drop-reason.js';
import { groupViews } from '../../../src/igmp/group-view.js';
import type { IgmpInterface } from '../../../src/igmp/igmp-interface.js';
import { interfaceView } from '../../../src/igmp/interface-view.js';
import type { Group } from '../../../src/igmp/membership/group.js';
import { pendingQueries } from '../../../src/igmp/membership/pending-queries.js';
import * as igmp from '../../../src/igmp/message.js';
import { type IgmpCounters, REFUSALS, type Refusal } from '../../../src/igmp/refusal.js';
import { ALL_SNOOPERS, sourcesIn } from '../../../src/igmp/write.js';
import * as ipv4 from '../../../src/ip/header.js';
import { validate } from '../../../src/ip/header.js';
import { type Instant, NEVER } from '../../../src/time.js';
import { insist } from '../visit.js';

/**
 * Whether a refusal is of a message before it is counted by its type, or of something that was counted: then
 * it may be of the whole message, of a record or of a source, and one message may have many.
 */
const IS_UNCOUNTED: Readonly<Record<Refusal, boolean>> = {
  'too-short': true,
  'bad-query-length': true,
  'sources-cut': true,
  'records-cut': true,
  'bad-checksum': true,
  fragment: true,
  'unknown-type': true,
  'wrong-ttl': true,
  'no-router-alert': true,
  'off-subnet': true,
  'own-source': true,
  'message-limit': true,
  'wrong-destination': true,
  'wrong-version': false,
  'not-querier': false,
  'not-a-group': false,
  'ssm-range': false,
  'not-a-member': false,
  'unknown-record': false,
  'bad-record-source': false,
  'group-limit': false,
  'source-limit': false,
  'query-limit': false,
  'ignored-version': false,
  denied: false,
  boundary: false,
};

/** What was handed to IGMP on one interface, and what came of it. */
export interface Handed {
  heeded: number;
  readonly unheeded: Map<DropReason, number>;
}

const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
};

/**
 * Each message that was handed over is counted once: by its type, or by the refusal that kept it from being
 * counted so. And each drop reason has as many drops as the refusals of whole messages say.
 */
export const insistOnCounters = ({ received, refused }: IgmpCounters, { heeded, unheeded }: Handed): void => {
  const uncounted = (reason?: DropReason): number =>
    sum(
      (Object.keys(REFUSALS) as Refusal[])
        .filter((each) => IS_UNCOUNTED[each] && (reason === undefined || REFUSALS[each][0] === reason))
        .map((each) => refused[each]),
    );
  const handed = heeded + sum(unheeded.values());
  const counted = sum(Object.values(received));
  insist(
    counted + uncounted() === handed,
    `${handed} messages, ${counted} counted by type, ${uncounted()} refused before`,
  );
  for (const reason of ['igmp-malformed', 'igmp-bad-checksum'] as const)
    insist((unheeded.get(reason) ?? 0) === uncounted(reason), `refused as ${reason}: ${uncounted(reason)}`);
  const ignored = unheeded.get('igmp-ignored') ?? 0;
  insist(
    ignored >= uncounted('igmp-ignored') && ignored - uncounted('igmp-ignored') === counted - heeded,
    'what was ignored was counted by its type, or refused before',
  );
};

/** Checks all groups of an interface at a moment when `poll(now)` has been done. */
export const insistOnGroups = ({ memberships, querier, settings }: IgmpInterface, now: Instant): void => {
  insist(memberships.groups.size <= settings.maxGroups, `${memberships.groups.size} groups`);
  const { robustness, lastMemberQueryCount } = querier.variables;
  insist(robustness >= 1 && robustness <= 7 && lastMemberQueryCount >= 1, `a robustness of ${robustness}`);
  const next = memberships.nextDeadline();
  insist(next > now, `something was due at ${next}, and it is ${now}`);
  for (const [address, group] of memberships.groups) {
    insist(group.address === address, 'a group is kept under its address');
    insistOnGroup(group, settings.maxSources, next, now);
  }
};

/** 7 times the longest query interval, and more than twice the longest response interval. */
const LONGEST_TIMER = 7 * 31_744_000 + 7_000_000;

const insistOnGroup = (group: Group, maxSources: number, next: Instant, now: Instant): void => {
  const { requested, excluded, pending = pendingQueries(), deadline } = group;
  const isTimer = (until: Instant): boolean => until > now && until <= now + LONGEST_TIMER && next <= until;
  const size = requested.size + excluded.size;
  insist(size <= maxSources, `a group has ${size} sources of ${maxSources}`);
  if (group.filterMode === 'include') {
    insist(
      deadline === NEVER && excluded.size === 0,
      'in include mode no group timer runs, and nothing is blocked',
    );
    insist(requested.size > 0, 'a group of which nothing is wanted is forgotten');
    insist(pending.groupLeft === 0, 'no question about a whole group of which only sources are wanted');
  } else insist(isTimer(deadline), `in exclude mode the group timer runs, until ${deadline} at ${now}`);
  for (const source of requested.keys()) {
    insist(!excluded.has(source), 'no source is both wanted and blocked');
    insist(
      isTimer(requested.deadline(source)!),
      `a source timer runs until ${requested.deadline(source)} at ${now}`,
    );
  }
  for (const [source, left] of pending.sources)
    insist(
      left >= 1 && requested.deadline(source) !== undefined,
      'a question is about a source that is wanted',
    );
  const isPending = pending.groupLeft > 0 || pending.sources.size > 0;
  if (isPending) insist(isTimer(pending.nextAt), 'what is to be asked again has its time');
};

/** Checks a datagram that IGMP sent, as a stranger would who reads the RFC. */
export const insistOnSent = (datagram: Uint8Array, own: number, mtu: number): void => {
  const promise = (isTrue: boolean, what: string): void => insist(isTrue, what, datagram);
  promise(
    validate(datagram) === undefined && datagram.length <= mtu,
    'what is sent passes the gate and fits',
  );
  promise(ipv4.ttl(datagram) === 1 && ipv4.hasOptions(datagram), 'it is for this link, with Router Alert');
  promise(ipv4.source(datagram) === own, 'it has our own source');
  const message = datagram.subarray(ipv4.headerLength(datagram));
  const isToSwitches = [igmp.MULTICAST_ROUTER_ADVERTISEMENT, igmp.ROUTER_TERMINATION].includes(
    igmp.type(message),
  );
  if (isToSwitches)
    return promise(ipv4.destination(datagram) === ALL_SNOOPERS, 'switches are told at their group');
  promise(igmp.validate(message) === undefined, 'its message is valid');
  if (igmp.type(message) !== igmp.MEMBERSHIP_QUERY) return;
  const version = igmp.queryVersion(message);
  const group = igmp.group(message);
  promise(ipv4.destination(datagram) === (group === 0 ? ALL_SYSTEMS : group), 'a query goes to whom it asks');
  promise(version !== 1 || group === 0, 'version 1 asks about no group');
  if (version < 3) return;
  promise(message[1] !== 0 && message[9] !== 0, 'no code is 0');
  promise(group !== 0 || !igmp.isSuppressed(message), 'a general query is never suppressed');
  const count = igmp.sourceCount(message);
  promise(
    count <= sourcesIn(mtu) && new Set(igmp.sources(message)).size === count,
    'each source is asked once',
  );
  promise(message.length === igmp.V3_QUERY_LENGTH + 4 * count, 'nothing follows the last source');
};

/** What a person is shown is what is forwarded, and what waits. */
export const insistOnViews = (each: IgmpInterface, now: Instant): void => {
  const views = groupViews(each.memberships, now);
  const { groups, fixed } = each.memberships;
  insist(
    views.length === new Set([...groups.keys(), ...fixed.groups]).size + [...fixed.prefixes].length,
    'each group is shown once',
  );
  insist(interfaceView(each, now).groups === views.length, 'so many groups are shown as there are');
  for (const view of views) {
    const group = groups.get(view.group);
    insist(view.origins.includes('report') === (group !== undefined), 'what is reported is shown as such');
    insist(view.pendingSources === (group?.pending?.sources.size ?? 0), 'what is to be asked is shown');
    insist((view.expires ?? 1) > 0 && (view.age ?? 0) >= 0, 'what is shown has not ended');
    for (const { address, forwarding, expires } of view.sources) {
      insist(forwarding === each.forwards(view.group, address), 'a source is shown as it is forwarded');
      insist((expires ?? 1) > 0, 'a source that is shown has not ended');
    }
  }
};
