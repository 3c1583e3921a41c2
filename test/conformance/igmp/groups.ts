import { formatAddress } from '../../../src/address.js';
import type { GroupView } from '../../../src/igmp/group-view.js';

/**
 * A group in one line, its times in seconds: `239.1.1.1 exclude=270 10.13.0.1=200 !10.13.0.2 v2 static`.
 *
 * After the filter mode the group timer, after a source its own; `!` marks a source that is blocked. The
 * version of the oldest host follows where it is not 3, and where the group is from where no report made it.
 */
export const describeGroup = (view: GroupView): string => {
  const timer = view.filterMode === 'include' ? undefined : view.expires;
  const sources = view.sources.map(({ address, forwarding, expires }) =>
    forwarding ? `${formatAddress(address)}${seconds(expires)}` : `!${formatAddress(address)}`,
  );
  const version = view.compatibility === 3 ? [] : [`v${view.compatibility}`];
  const origins = view.origins.filter((each) => each !== 'report' || view.origins.length > 1);
  const mode = `${view.filterMode}${seconds(timer)}`;
  return [formatAddress(view.group), mode, ...sources, ...version, ...origins].join(' ');
};

const seconds = (time: number | undefined): string =>
  time === undefined ? '' : `=${Number((time / 1000).toFixed(3))}`;

/** Says what is wrong where the groups are not those, or a time is off by more than the tolerance in seconds. */
export const groupsFault = (
  wanted: readonly string[],
  found: readonly string[],
  tolerance: number,
): string | undefined => {
  const isSame =
    found.length === wanted.length && wanted.every((each, at) => isNear(each, found[at]!, tolerance));
  return isSame ? undefined : `${quoted(found)} instead of ${quoted(wanted)}`;
};

const quoted = (groups: readonly string[]): string =>
  groups.length === 0 ? 'no group' : groups.map((each) => `"${shortened(each)}"`).join(', ');

/** Of a long list the first words will do. */
const shortened = (group: string): string => {
  const words = group.split(' ');
  return words.length <= LONGEST
    ? group
    : `${words.slice(0, LONGEST - 2).join(' ')} and ${words.length - LONGEST + 2} more`;
};

const LONGEST = 10;

const isNear = (wanted: string, found: string, tolerance: number): boolean => {
  const [a, b] = [wanted.split(' '), found.split(' ')];
  return a.length === b.length && a.every((word, at) => isNearWord(word, b[at]!, tolerance));
};

const isNearWord = (wanted: string, found: string, tolerance: number): boolean => {
  const [word, time] = wanted.split('=');
  const [foundWord, foundTime] = found.split('=');
  if (word !== foundWord || (time === undefined) !== (foundTime === undefined)) return false;
  return time === undefined || Math.abs(Number(time) - Number(foundTime)) <= tolerance;
};
