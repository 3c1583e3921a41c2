import { parseChangeLine } from '../change/change.js';
import type { Configuration, FilterConfiguration, ScheduledChange } from '../config/configuration.js';
import { describeValue } from '../config/describe-section.js';
import { LINK_KEYS } from '../config/keys/link.js';
import { IMPAIRMENT_KEYS } from '../impairments.js';
import type { Filter } from '../ip/filter.js';
import type { FilterView } from '../ip/filters.js';
import { accepted } from '../text/fault.js';
import { formatDuration } from '../text/quantities.js';
import { type Duration, duration, type Instant, milliseconds } from '../time.js';
import type { Lab } from './lab.js';
import type { Passing } from './link-layers.js';

/**
 * The configuration that a lab runs by, all but its routes: a file that says it gives the same lab.
 *
 * Links are as they are set for good. What a link has only for a time, or that it is cut, no key of a link can say: the
 * schedule does it at the start, for as long as is left. A filter that goes by itself has the time that it has left.
 */
export const configurationAsItRuns = (lab: Lab, now: Instant): Configuration => {
  const { configuration, linkChanges } = lab;
  const { links, routers } = configuration;
  return {
    ...configuration,
    links: new Map([...links.keys()].map((name) => [name, linkChanges.settled(name).inForce])),
    routers: new Map(
      [...routers].map(([name, router]) => [
        name,
        { ...router, filters: lab.routers.get(name)!.filters.views(now).map(filterAsItRuns) },
      ]),
    ),
    schedule: scheduledAtOnce(
      configuration.schedule,
      [...links.keys()].flatMap((name) => linkCommands(lab, name, now)),
    ),
  };
};

/** A schedule, and before it what is to be done at the start, in order. */
export const scheduledAtOnce = (
  schedule: readonly ScheduledChange[],
  lines: readonly string[],
): readonly ScheduledChange[] => {
  // A file that was written like this has them already.
  const known = new Set(schedule.filter(isAtOnce).map((each) => each.do));
  const wanted = lines.filter((line) => !known.has(line));
  return [
    ...wanted.map((line, at) => ({
      at: milliseconds(at),
      every: undefined,
      times: undefined,
      do: line,
      change: accepted(parseChangeLine(line)),
    })),
    ...schedule,
  ];
};

/** How long after the start something still belongs to the start, in milliseconds. */
const START_LASTS = 1000;

const isAtOnce = ({ at, every }: ScheduledChange): boolean => at < START_LASTS && every === undefined;

/** The commands that make a link what it is at the moment, where it is set so for good. */
const linkCommands = ({ linkChanges }: Lab, name: string, now: Instant): string[] => [
  ...(linkChanges.settled(name).isUp ? [] : [`link down ${name}`]),
  ...[...linkChanges.passing(name, now)].flatMap((passing) => passingCommands(name, passing)),
];

const passingCommands = (name: string, { from, given, isUp, left }: Passing): string[] => {
  const values = new Map<string, unknown>(Object.entries(given));
  const options = Object.entries({ ...IMPAIRMENT_KEYS, mtu: LINK_KEYS.mtu }).flatMap(([name, key]) =>
    values.has(name) ? [`--${name} ${describeValue(key, values.get(name))}`] : [],
  );
  const last = `--for ${formatDuration(timeLeft(left))}`;
  return [
    ...(isUp === undefined ? [] : [`link ${isUp ? 'up' : 'down'} ${name} ${last}`]),
    ...(options.length === 0
      ? []
      : [
          [`link set ${name}`, ...options, ...(from === undefined ? [] : [`--from ${from}`]), last].join(' '),
        ]),
  ];
};

const filterAsItRuns = ({ filter, expiresIn }: FilterView): FilterConfiguration => {
  const { in: incoming, out, origin: _origin, ...rest }: Filter = filter;
  return {
    ...rest,
    in: incoming?.link,
    out: out?.link,
    for: expiresIn === undefined ? undefined : timeLeft(expiresIn),
  };
};

/** Whole milliseconds, and at least one. */
const timeLeft = (left: number): Duration => duration(Math.max(1, Math.ceil(left)));
