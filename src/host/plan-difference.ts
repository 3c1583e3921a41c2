import { finished } from '../pieces.js';
import { placeOf, tenantOf } from './place.js';
import {
  type DeviceChange,
  formatChange,
  formatRoute,
  type HostChange,
  insideOf,
  type NamespaceName,
  type RouteChange,
  removalCommandOf,
} from './plan.js';

/** What leads from one plan of the host side to another. */
export interface PlanDifference {
  /** Devices of the first plan that others of the same name take the place of: they go before anything is made. */
  readonly displaced: readonly DeviceChange[];
  /** What is to be made or set, in the order of the second plan. */
  readonly made: readonly HostChange[];
  /** What was there in the place of a setting that is made, on a device that stays or goes last. */
  readonly replaced: ReadonlyMap<HostChange, HostChange>;
  /** Devices that stay, and come to outlive us or no longer do, as the second plan has them. */
  readonly kept: readonly DeviceChange[];
  /** What goes when the rest is there, the last first. What is on a device, or in a namespace of ours, goes with it. */
  readonly removed: readonly HostChange[];
}

/**
 * The least that leads from one plan to another: a device that only gets another address, route or MTU stays.
 *
 * A host that is renamed, or put on another link, gets another device, even under the name of the old one.
 */
export const planDifference = (from: readonly HostChange[], to: readonly HostChange[]): PlanDifference =>
  finished(planDifferenceInPieces(from, to));

/** The same piece by piece: with a thousand hosts, each takes a millisecond or two. */
export function* planDifferenceInPieces(
  from: readonly HostChange[],
  to: readonly HostChange[],
): Generator<void, PlanDifference> {
  const before = new Map(from.map((change) => [keyOf(change), change]));
  yield;
  const after = new Map(to.map((change) => [keyOf(change), change]));
  yield;
  const displaced = from.filter((change): change is DeviceChange => {
    const next = after.get(keyOf(change));
    return isDevice(change) && next !== undefined && isDevice(next) && tenantOf(change) !== tenantOf(next);
  });
  const gone = new Set(displaced.map(placeOf));
  yield;
  const fresh = new Set(to.filter((change) => isDevice(change) && !before.has(keyOf(change))).map(placeOf));
  const isNew = (change: HostChange): boolean => fresh.has(placeOf(change)) || gone.has(placeOf(change));

  yield;
  const replaced = new Map<HostChange, HostChange>();
  const made = to.flatMap((change): HostChange[] => {
    const was = before.get(keyOf(change));
    if (was === undefined) return [change];
    // It went, or will go, with its device.
    if (gone.has(placeOf(was))) return [change];
    if (change.kind === 'route' && was.kind === 'route') {
      if (isSameRoute(was, change)) return [];
      const replacement = { ...change, replaces: true };
      replaced.set(replacement, was);
      return [replacement];
    }
    if (isNew(change) && change.kind !== 'namespace') return [change];
    if (change.kind !== 'mtu' || was.kind !== 'mtu' || was.mtu === change.mtu) return [];
    replaced.set(change, was);
    return [change];
  });

  yield;
  const kept = to.filter((change): change is DeviceChange => {
    const was = before.get(keyOf(change));
    return (
      isDevice(change) && !isNew(change) && was?.kind === 'device' && was.persistent !== change.persistent
    );
  });
  // A device that lasts keeps its namespace.
  const lasting = new Set(
    from.flatMap((change) =>
      isDevice(change) && change.persistent && !after.has(keyOf(change)) ? [change.namespace] : [],
    ),
  );
  yield;
  const removed = [...from].reverse().filter((change) => {
    if (after.has(keyOf(change))) return false;
    if (change.kind === 'namespace') return !lasting.has(change.namespace);
    if (change.kind === 'device')
      return lasting.has(change.namespace) || goesByItself(change.namespace, before, after);
    const staysOn = after.has(`device ${placeOf(change)}`) && !isNew(change);
    return (change.kind === 'address' || change.kind === 'route') && staysOn;
  });
  return { displaced, made, replaced, kept, removed };
}

/** For a person: `bob: network namespace removed`. */
export const formatRemoval = (change: HostChange): string =>
  `${formatChange(change)} ${outlivesUs(change) ? 'stays, unused' : 'removed'}`;

/** For a person: a device that comes to outlive us, or no longer does. */
export const formatKept = (change: DeviceChange): string =>
  `${formatChange(change)}, ${change.persistent ? 'made to last' : 'lasts no longer'}`;

/** The command that takes back a change; undefined where it stays. */
export function removalCommand(change: HostChange): string | undefined {
  if (outlivesUs(change)) return undefined;
  switch (change.kind) {
    case 'namespace':
      return removalCommandOf(change.namespace);
    case 'address':
      return insideOf(change.namespace, `address del ${change.address} dev ${change.device}`);
    case 'route':
      return insideOf(change.namespace, `route del ${formatRoute(change)}`);
    default:
      return removalCommandOf(change.namespace, change.device);
  }
}

const isDevice = (change: HostChange): change is DeviceChange => change.kind === 'device';

const outlivesUs = (change: HostChange): boolean => isDevice(change) && change.persistent;

/** Devices in a namespace of ours that goes, go with it. */
const goesByItself = (
  namespace: NamespaceName,
  before: ReadonlyMap<string, HostChange>,
  after: ReadonlyMap<string, HostChange>,
): boolean => {
  const key = `namespace ${namespace ?? ''}`;
  const was = before.get(key);
  return was?.kind !== 'namespace' || was.given || after.has(key);
};

export const isSameRoute = (a: RouteChange, b: RouteChange): boolean =>
  a.device === b.device && a.via === b.via && a.onlink === b.onlink;

/** Two changes with the same key are about the same thing, and one of them takes the place of the other. */
function keyOf(change: HostChange): string {
  switch (change.kind) {
    case 'namespace':
      return `namespace ${change.namespace}`;
    case 'address':
      return `address ${placeOf(change)} ${change.address}`;
    case 'route':
      // The kernel has one of each destination and metric in a namespace.
      return `route ${change.namespace ?? ''} ${change.to.network}/${change.to.length}`;
    default:
      return `${change.kind} ${placeOf(change)}`;
  }
}
