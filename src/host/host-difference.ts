import type { Configuration } from '../config/configuration.js';
import { commandOf, formatChange, formatRoute, type HostChange, planHost, removalCommandOf } from './plan.js';

/** What a changed configuration means for the host side. */
export interface HostDifference {
  /** In the order in which to undo them; what vanishes with its device or namespace is not named. */
  readonly removed: readonly HostChange[];
  /** In the order in which to make them. */
  readonly added: readonly HostChange[];
}

/** Compares what two configurations want of this machine's kernel; both lists are empty where nothing changes. */
export function compareHosts(before: Configuration, after: Configuration): HostDifference {
  const [old, next] = [planHost(before), planHost(after)];
  const [had, wants] = [new Set(old.map(keyOf)), new Set(next.map(keyOf))];
  const gone = old.filter((change) => !wants.has(keyOf(change)));
  const isLost = (change: HostChange): boolean => gone.some((thing) => takesAway(thing, change));
  return {
    removed: gone.filter((change) => isUndoable(change) && !isLost(change)).reverse(),
    added: next.filter((change) => !had.has(keyOf(change)) || isLost(change)),
  };
}

/** What undoes one change, as a command for by hand. */
export function undoCommandOf(change: HostChange): string {
  if (change.kind === 'namespace') return removalCommandOf(change.namespace);
  const inside = change.namespace === undefined ? '' : `-n ${change.namespace} `;
  if (change.kind === 'route') return `ip ${inside}route del ${formatRoute(change)}`;
  if (change.kind === 'address') return `ip ${inside}address del ${change.address} dev ${change.device}`;
  return removalCommandOf(change.namespace, change.device);
}

/** For a person: `remove alice: address 198.51.100.10/24 on tp-alice-red`. */
export const formatRemoval = (change: HostChange): string => `remove ${formatChange(change)}`;

/** A new MTU replaces the old one, and nothing sets a device down or IPv6 back. */
const isUndoable = ({ kind }: HostChange): boolean =>
  kind === 'namespace' || kind === 'device' || kind === 'address' || kind === 'route';

/**
 * Whether another change is undone with this one: all in a namespace, all on a device, and the routes of a
 * device with its only address.
 */
function takesAway(thing: HostChange, other: HostChange): boolean {
  if (thing === other || thing.namespace !== other.namespace || other.kind === 'namespace') return false;
  if (thing.kind === 'namespace') return !thing.given;
  const isOnDevice = other.kind !== 'device' && 'device' in thing && other.device === thing.device;
  return isOnDevice && (thing.kind === 'device' || (thing.kind === 'address' && other.kind === 'route'));
}

/** What makes two changes the same: the command, and what it cannot say of a device. */
const keyOf = (change: HostChange): string =>
  change.kind === 'device'
    ? `${commandOf(change)} ${change.host} ${change.link} ${change.persistent}`
    : commandOf(change);
