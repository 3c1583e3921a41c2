import type { ChangeBy } from '../../change/grammar.js';
import type { LINK_DOWN, LINK_RESET, LINK_SET, LINK_UP } from '../../change/link.js';
import { Failure } from '../../failure.js';
import { definedOf, type ImpairmentSettings, UNIMPAIRED, withPreset } from '../../impairments.js';
import type { Link } from '../../link/link.js';
import { nearest } from '../../text/nearest.js';
import { after, type Duration, type Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import type { LinkGiven } from '../link-layers.js';
import { type Outcome, outcome } from './outcome.js';

/** Changes the impairments of a running link, for good or for a time. */
export const setLink = (
  lab: Lab,
  { arguments: { link: name }, options }: ChangeBy<typeof LINK_SET>,
  now: Instant,
): Outcome => {
  const { from, for: time, mtu, ...given } = options;
  const link = linkNamed(lab, name);
  checkSender(link, from);
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
  checkSender(linkNamed(lab, name), from);
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

/** The link of this name; throws a `Failure` (2) if there is none. */
const linkNamed = (lab: Lab, name: string): Link => {
  const link = lab.links.get(name);
  if (link !== undefined) return link;
  throw new Failure(2, `the lab has no link \`${name}\``, meantOf(name, [...lab.links.keys()], 'its links'));
};

const checkSender = ({ name, attachments }: Link, sender: string | undefined): void => {
  const owners = attachments.map(({ owner }) => owner);
  if (sender === undefined || owners.includes(sender)) return;
  throw new Failure(
    2,
    `no host or router \`${sender}\` is on link \`${name}\``,
    meantOf(sender, owners, 'on it'),
  );
};

const meantOf = (name: string, names: readonly string[], where: string): string => {
  const meant = nearest(name, names);
  return meant === undefined ? `${where} are ${names.join(' ')}` : `did you mean \`${meant}\`?`;
};
