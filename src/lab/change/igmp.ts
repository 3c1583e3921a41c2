import { formatAddress } from '../../address.js';
import type { ChangeBy } from '../../change/grammar.js';
import type { IGMP_LEAVE, IGMP_QUERY } from '../../change/igmp.js';
import { Failure } from '../../failure.js';
import type { Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import { igmpNamed } from '../named.js';
import { type Outcome, outcome } from './outcome.js';

/** Has a router send an IGMP query now; the timers of the querier are not changed. */
export const sendQuery = (lab: Lab, change: ChangeBy<typeof IGMP_QUERY>, now: Instant): Outcome => {
  const [each, igmp] = igmpNamed(lab, change.arguments.interface);
  if (!each.up) throw new Failure(7, `${each.name} is down: no query can be sent`);
  if (igmp.role === 'host')
    throw new Failure(
      7,
      `${each.name} is the upstream interface of a proxy: it answers queries and sends none`,
      'use one of the other interfaces',
    );
  if (igmp.settings.querier === 'never')
    throw new Failure(7, `${each.name} has \`querier: never\`: it sends no queries`, 'use another interface');
  const { group, source, maxResponse } = change.options;
  const asking = {
    ...(group === undefined ? {} : { group }),
    ...(source === undefined ? {} : { sources: [source] }),
    ...(maxResponse === undefined ? {} : { maxResponse }),
  };
  const version = igmp.querier.version(now);
  if (!igmp.query(asking, now))
    throw new Failure(
      7,
      `${each.name} now speaks IGMP version ${version}, which has no such query`,
      'leave out --source, and with version 1 also --group',
    );
  const [about, from] = [textOf(group), textOf(source)];
  const what = about === null ? 'general query' : `query about ${about}`;
  return outcome({ interface: each.name, group: about, source: from, version }, [
    `${each.name}: version ${version} ${what}${from === null ? '' : ` from ${from}`} sent`,
  ]);
};

/** Removes a group, or one source of it, from an interface, as if its last member had left. */
export const forgetGroup = (lab: Lab, change: ChangeBy<typeof IGMP_LEAVE>, now: Instant): Outcome => {
  const [each, igmp] = igmpNamed(lab, change.arguments.interface);
  const { group } = change.arguments;
  const { source } = change.options;
  const [about, from] = [formatAddress(group), textOf(source)];
  if (igmp.memberships.fixed.of(group) !== undefined && !igmp.memberships.groups.has(group))
    throw new Failure(
      7,
      `${about} is configured on ${each.name}`,
      'remove it from static-groups or join-groups',
    );
  const forgotten = igmp.forget(group, source, now);
  const what = from === null ? about : `${from} of ${about}`;
  return outcome(
    { interface: each.name, group: about, source: from, forgotten },
    [`${each.name}: ${forgotten ? `${what} is forgotten` : `nobody asked for ${what}`}`],
    forgotten,
  );
};

const textOf = (address: number | undefined): string | null =>
  address === undefined ? null : formatAddress(address);
