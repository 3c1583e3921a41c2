import { statSync } from 'node:fs';
import { contains, formatAddress, formatPrefix, type Prefix } from '../address.js';
import { Failure } from '../failure.js';
import { formatTarget } from '../text/addresses.js';
import { findNamed, isProved, namespaceFile, namespaceIdentity } from './namespaces.js';
import type { DeviceChange, HostChange, NamespaceName, RouteChange } from './plan.js';
import { readAddress } from './route-text.js';
import { type DeviceObject, type InstanceState, isAlive, readStates } from './state-file.js';
import { type NamespaceSurvey, type RouteSurvey, surveyNamespace } from './survey.js';

/** The namespaces of a plan that are there already, as they are before anything is done. */
export type HostSurvey = ReadonlyMap<NamespaceName, NamespaceSurvey & { readonly identity: string }>;

/** Something of the plan's that is in use by somebody else. */
export interface Conflict {
  readonly message: string;
  readonly fix: string;
}

/**
 * Reads those namespaces of a plan that exist, and changes nothing.
 *
 * A file without a namespace, which somebody's half-made one leaves, has nothing in it; what `previous` proves to be
 * left by us is as if it were not there.
 */
export async function surveyHost(
  changes: readonly HostChange[],
  previous: InstanceState | undefined,
): Promise<HostSurvey> {
  const survey = new Map<NamespaceName, NamespaceSurvey & { readonly identity: string }>();
  for (const namespace of new Set(changes.map((change) => change.namespace))) {
    const identity = namespaceIdentity(namespace);
    if (identity !== undefined) {
      survey.set(namespace, { ...(await surveyNamespace(namespace, identity)), identity });
    } else if (namespace !== undefined && !isLeftover(namespace, previous)) {
      const file = findNamed(namespace);
      if (file !== undefined) survey.set(namespace, { devices: [], routes: [], identity: file.identity });
    }
  }
  return survey;
}

const isLeftover = (namespace: string, previous: InstanceState | undefined): boolean =>
  previous?.objects.some(
    (object) =>
      object.kind === 'namespace' && object.created && object.name === namespace && isProved(object),
  ) === true;

/**
 * Everything of a plan that somebody else has already, all at once.
 *
 * `previous` is the state that a dead instance of the same name left: what it proves to be ours is no conflict.
 * `devices` are those whose routes are the lab's own; by default those of the plan. `running` are the labs that run.
 */
export function findConflicts(
  changes: readonly HostChange[],
  survey: HostSurvey,
  previous: InstanceState | undefined,
  devices: ReadonlySet<string> = devicesOf(changes),
  running: readonly InstanceState[] = readStates().filter(isAlive),
): readonly Conflict[] {
  const foreign = foreignNamespaces(changes, survey, previous);
  return changes.flatMap((change): Conflict[] => {
    const found = survey.get(change.namespace);
    if (found === undefined) return [];
    if (foreign.has(change.namespace))
      return change.kind === 'namespace'
        ? [namespaceConflict(change.namespace, found.identity, running)]
        : [];
    if (change.kind === 'device') return deviceConflict(change, found, previous);
    if (change.kind === 'address') return addressConflicts(change, found, devices);
    if (change.kind === 'route') return routeConflict(change, found);
    return [];
  });
}

/** All conflicts in one failure. */
export const conflictFailure = (conflicts: readonly Conflict[]): Failure =>
  new Failure(
    6,
    ['nothing was changed:', ...conflicts.map(({ message }) => `  ${message}`)].join('\n'),
    [...new Set(conflicts.map(({ fix }) => fix))].join('\n'),
  );

/** A plan without what is there already: the changes that are left to make. */
export function remainingChanges(
  changes: readonly HostChange[],
  survey: HostSurvey,
  previous: InstanceState | undefined,
): readonly HostChange[] {
  return changes.filter((change) => {
    const found = survey.get(change.namespace);
    if (found === undefined) return true;
    return isMissing(change, found, ownsNamespace(previous, change.namespace, found.identity));
  });
}

/** Whether a change is still to be made in a namespace that is there; `ours`: an earlier instance made it. */
function isMissing(change: HostChange, found: NamespaceSurvey, ours: boolean): boolean {
  if (change.kind === 'namespace') return false;
  if (change.kind === 'no-ipv6') return ours;
  const device = found.devices.find(({ name }) => name === change.device);
  switch (change.kind) {
    case 'device':
      return device === undefined;
    case 'mtu':
      return device?.mtu !== change.mtu;
    case 'address':
      return device?.addresses.includes(change.address) !== true;
    case 'up':
      return device?.up !== true && (ours || change.device !== 'lo');
    case 'route':
      return !found.routes.some((route) => isSameRoute(change, route));
  }
}

/** Whether a state proves that this very namespace was made by its instance. */
export const ownsNamespace = (
  state: InstanceState | undefined,
  namespace: NamespaceName,
  identity: string,
): boolean =>
  state?.objects.some(
    (object) =>
      object.kind === 'namespace' &&
      object.created &&
      object.name === namespace &&
      object.identity === identity,
  ) === true;

/** What a state says about this very device, by its name, its index and its namespace. */
export function findDeviceObject(
  state: InstanceState | undefined,
  namespace: NamespaceName,
  device: { readonly name: string; readonly index: number },
): DeviceObject | undefined {
  const identity = namespaceIdentity(namespace);
  const isThere = state?.objects.some(
    (object) => object.kind === 'namespace' && object.name === namespace && object.identity === identity,
  );
  if (namespace === undefined ? state?.ownNamespace !== identity : isThere !== true) return undefined;
  return state?.objects.find(
    (object): object is DeviceObject =>
      object.kind === 'device' &&
      object.namespace === (namespace ?? null) &&
      object.name === device.name &&
      object.index === device.index,
  );
}

/** The namespaces of the plan that somebody else has. */
const foreignNamespaces = (
  changes: readonly HostChange[],
  survey: HostSurvey,
  previous: InstanceState | undefined,
): ReadonlySet<NamespaceName> =>
  new Set(
    changes.flatMap((change) =>
      change.kind === 'namespace' &&
      !change.given &&
      !ownsNamespace(previous, change.namespace, survey.get(change.namespace)?.identity ?? '')
        ? [change.namespace]
        : [],
    ),
  );

export const devicesOf = (changes: readonly HostChange[]): ReadonlySet<string> =>
  new Set(changes.flatMap((change) => (change.kind === 'device' ? [change.device] : [])));

const inPlace = (namespace: NamespaceName): string =>
  namespace === undefined ? 'in this namespace' : `in namespace ${namespace}`;

/** Where a lab that runs made it, that lab is named: nobody is told to remove what is in use. */
const namespaceConflict = (
  namespace: string,
  identity: string,
  running: readonly InstanceState[],
): Conflict => {
  const file = namespaceFile(namespace);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    return {
      message: `${file} is a directory, where the network namespace ${namespace} would have its name`,
      fix: `give the host another \`namespace:\`, or: rmdir ${file}`,
    };
  const owner = running.find((state) => ownsNamespace(state, namespace, identity))?.name;
  return owner === undefined
    ? {
        message: `network namespace ${namespace} exists already and is not this lab's`,
        fix: `give the host another \`namespace:\`, or, if nobody needs it: ip netns del ${namespace}`,
      }
    : {
        message: `network namespace ${namespace} is in use by the lab ${owner}, which is running`,
        fix: `give the hosts another \`namespace:\`, or stop that lab: tunpike down ${owner}`,
      };
};

function deviceConflict(
  { device, namespace, persistent }: DeviceChange,
  found: NamespaceSurvey,
  previous: InstanceState | undefined,
): Conflict[] {
  const existing = found.devices.find(({ name }) => name === device);
  if (existing === undefined) return [];
  const place = `device ${device} exists already ${inPlace(namespace)}`;
  const other = 'give the interface another `device:`';
  if (existing.tun === undefined) return [{ message: `${place} and is no TUN device`, fix: other }];
  if (existing.up && existing.attached)
    return [{ message: `${place} and another process holds it`, fix: other }];
  if (findDeviceObject(previous, namespace, existing) !== undefined) return [];
  if (existing.tun.persistent && persistent) return [];
  return [
    {
      message: `${place}`,
      fix: `${other}, or say \`persistent: true\` to take over a TUN device that lasts`,
    },
  ];
}

function addressConflicts(
  { address, device, namespace }: Extract<HostChange, { kind: 'address' }>,
  found: NamespaceSurvey,
  ours: ReadonlySet<string>,
): Conflict[] {
  const host = address.split('/')[0];
  const holder = found.devices.find(
    ({ name, addresses }) => name !== device && addresses.some((own) => own.split('/')[0] === host),
  );
  const fix = 'choose addresses that this machine does not use';
  if (holder !== undefined)
    return [{ message: `address ${host} is already on ${holder.name} ${inPlace(namespace)}`, fix }];
  const subnet = readAddress(address)!.prefix;
  const route = found.routes.find(
    (candidate) =>
      (candidate.device === undefined || !ours.has(candidate.device)) && overlaps(subnet, candidate),
  );
  if (route === undefined) return [];
  const through = route.device === undefined ? '' : ` on ${route.device}`;
  return [
    {
      message: `the subnet ${formatPrefix(subnet)} of ${device} overlaps ${formatPrefix(route.to)}${through} ${inPlace(namespace)}`,
      fix,
    },
  ];
}

/**
 * Whether a new subnet and an existing route take datagrams from each other.
 *
 * A wider route through a gateway does not: the subnet is only the more specific of the two.
 */
const overlaps = (subnet: Prefix, { to, via }: RouteSurvey): boolean =>
  to.length >= subnet.length
    ? contains(subnet, to.network)
    : to.length > 0 && via === undefined && contains(to, subnet.network);

function routeConflict(change: RouteChange, found: NamespaceSurvey): Conflict[] {
  const holder = found.routes.find(
    (route) =>
      route.metric === 0 && route.to.network === change.to.network && route.to.length === change.to.length,
  );
  if (holder === undefined || isSameRoute(change, holder)) return [];
  const to = formatTarget(change.to);
  const through = [
    holder.via === undefined ? '' : ` via ${holder.via}`,
    holder.device ? ` dev ${holder.device}` : '',
  ];
  return [
    {
      message: `route ${to} exists already ${inPlace(change.namespace)}:${through.join('')}`,
      fix: `leave \`${to}\` out of the host's \`routes\`, or give the host a namespace of its own`,
    },
  ];
}

const isSameRoute = (change: RouteChange, route: RouteSurvey): boolean =>
  route.to.network === change.to.network &&
  route.to.length === change.to.length &&
  route.device === change.device &&
  route.via === (change.via === undefined ? undefined : formatAddress(change.via));
