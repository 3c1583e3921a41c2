import * as ipv4 from '../../../src/ip/header.js';
import { ANYTHING, type Case, type Step, sentBy, waitOf } from '../case.js';
import { isQuery } from '../igmp/queries.js';
import { type CasePart, NotApplicable } from '../target.js';

/** Longer than this no case waits on a bridge, in milliseconds. */
const LONGEST_WAIT = 300_000;
/** After so long without a word it is seen that nothing is asked after a report, in milliseconds. */
const ANSWERED = 1000;
/** And after so long that no general query comes. */
const ASKED_AGAIN = 31_000;

/**
 * What of a case a bridge can be asked: it speaks IGMP, keeps groups, and does not route.
 *
 * Steps that send what is not IGMP are emptied, for a bridge forwards below IPv4. Throws `NotApplicable` where nothing is
 * left that comes out of a querier or is in its groups.
 */
export const partOnBridge = (each: Case): CasePart => {
  const why = whyNot(each);
  if (why !== undefined) throw new NotApplicable(why);
  const steps = each.steps.map((step) => (sendsData(step) ? emptied(step) : step));
  const hasData = each.steps.some(sendsData);
  const part = { ...each, steps };
  // Who judges all outputs judges those datagrams, too.
  if ((hasData && each.judge !== undefined) || !isVisible(part, hasData))
    throw new NotApplicable(
      hasData
        ? 'a bridge forwards, it does not route'
        : 'what it is about is counted or told inside, and no query shows it',
    );
  const versions = new Set(steps.flatMap(versionsOf));
  const hasVersion = versions.has('v1') || versions.has('v2');
  const without = [
    ...(hasData ? ['its datagrams'] : []),
    ...(hasVersion ? ['the version of the oldest host'] : []),
  ];
  return {
    each: part,
    ...(without.length > 0 ? { without: without.join(' and ') } : {}),
    // Where it changes, the case is about that.
    ...(hasVersion && versions.size > 1
      ? { unseen: 'the bridge does not remember the version of the oldest host' }
      : {}),
  };
};

/** Of the oldest hosts of all groups that are looked at. */
const versionsOf = ({ groups = {} }: Step): string[] =>
  Object.values(groups).flatMap((some) => some.map((group) => / (v[12])( |$)/.exec(group)?.[1] ?? 'v3'));

const whyNot = (each: Case): string | undefined => {
  if (each.proof !== undefined) return 'a check of the program, not of datagrams';
  if (each.igmpOn === undefined) return 'no port runs IGMP';
  if (each.isInside === true) return 'what it shows is inside the router';
  if (each.multicast !== undefined) return 'the bridge has no multicast routing';
  if (each.scopeOn !== undefined) return 'the bridge has no boundaries of multicast';
  if (each.settings !== undefined) return "the bridge has no router's settings";
  if (each.topology?.routes !== undefined || each.topology?.forwardingOff !== undefined)
    return 'the bridge has no routes';
  if (each.steps.some(({ does }) => does !== undefined)) return 'the router is told something from inside';
  if (each.steps.some((step) => sendsData(step) && sentBy(step).some(isIgmp)))
    return 'a bridge forwards, it does not route';
  const wait = waitOf(each);
  return wait > LONGEST_WAIT ? `it takes ${Math.round(wait / 1000)} s` : undefined;
};

const isIgmp = (octets: Uint8Array): boolean => octets[9] === ipv4.PROTOCOL_IGMP;

const sendsData = (step: Step): boolean => sentBy(step).some((octets) => !isIgmp(octets));

/** Its place is kept, so that the others are numbered as in the table. */
const emptied = ({ wait }: Step): Step => (wait === undefined ? {} : { wait, expect: ANYTHING });

const isVisible = ({ steps, judge, leavesOut }: Case, hasData: boolean): boolean =>
  judge !== undefined ||
  steps.some((step) => {
    const { expect = [], groups, querier, wait = 0 } = step;
    if (groups !== undefined || querier !== undefined) return true;
    if (expect !== ANYTHING && expect.length > 0) return true;
    // With datagrams left out, silence is no proof of anything: the case was about them.
    if (hasData) return false;
    return sentBy(step).some(isReport) ? wait >= ANSWERED : leavesOut === undefined && wait >= ASKED_AGAIN;
  });

/** Anything but a query. */
const isReport = (octets: Uint8Array): boolean => isIgmp(octets) && !isQuery(octets);
