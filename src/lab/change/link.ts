import type { ChangeBy } from '../../change/grammar.js';
import type { LINK_DOWN, LINK_RESET, LINK_SET, LINK_UP } from '../../change/link.js';
import { definedOf, type ImpairmentSettings, UNIMPAIRED, withPreset } from '../../impairments.js';
import { after, type Duration, type Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import type { LinkGiven } from '../link-layers.js';
import { checkOwner, linkNamed } from '../named.js';
import { type Outcome, outcome } from './outcome.js';

/** Changes the impairments of a running link, for good or for a time. */
export const setLink = (
  lab: Lab,
  { arguments: { link: name }, options }: ChangeBy<typeof LINK_SET>,
  now: Instant,
): Outcome => {
  const { from, for: time, mtu, ...given } = options;
  const link = linkNamed(lab, name);
  if (from !== undefined) checkOwner(link, from);
  const settings: ImpairmentSettings = withPreset({ ...UNIMPAIRED, ...given });
  const wanted: LinkGiven = { ...definedOf(settings), ...(mtu === undefined ? {} : { mtu }) };
  lab.linkChanges.make(name, { given: wanted, from }, untilOf(time, now), now);
  return outcome({
    link: name,
    from: from ?? null,
    ...given,
    ...(mtu === undefined ? {} : { mtu }),
    ...forSeconds(time),
  });
};

/** Takes back what was changed of a link. */
export const resetLink = (
  lab: Lab,
  { arguments: { link: name }, options: { from } }: ChangeBy<typeof LINK_RESET>,
  now: Instant,
): Outcome => {
  const link = linkNamed(lab, name);
  if (from !== undefined) checkOwner(link, from);
  const isReset = lab.linkChanges.reset(name, from, now);
  const of = from === undefined ? '' : ` for ${from}`;
  return outcome(
    { link: name, from: from ?? null },
    isReset ? [] : [`${name} is as the file says${of} already`],
  );
};

export const cutLink = (lab: Lab, change: ChangeBy<typeof LINK_DOWN>, now: Instant): Outcome =>
  turn(lab, change, false, now);

export const mendLink = (lab: Lab, change: ChangeBy<typeof LINK_UP>, now: Instant): Outcome =>
  turn(lab, change, true, now);

const turn = (
  lab: Lab,
  { arguments: { link: name }, options: { for: time } }: ChangeBy<typeof LINK_DOWN | typeof LINK_UP>,
  isUp: boolean,
  now: Instant,
): Outcome => {
  const link = linkNamed(lab, name);
  const state = isUp ? 'up' : 'down';
  const said = link.isUp === isUp ? [`${name} is ${state} already`] : [];
  lab.linkChanges.make(name, { isUp }, untilOf(time, now), now);
  return outcome({ link: name, state, ...forSeconds(time) }, said);
};

const untilOf = (time: Duration | undefined, now: Instant): Instant | undefined =>
  time === undefined ? undefined : after(now, time);

const forSeconds = (time: Duration | undefined): { readonly forSeconds?: number } =>
  time === undefined ? {} : { forSeconds: time / 1000 };
