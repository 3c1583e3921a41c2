import { formatAddress, formatPrefix } from '../address.js';
import { finishedInTurns } from '../config/in-turns.js';
import { Failure } from '../failure.js';
import {
  conflictFailure,
  findConflicts,
  type HostSurvey,
  remainingChanges,
  surveyHost,
} from './conflicts.js';
import type { MadeInterface } from './maker.js';
import type { ObjectLedger } from './object-ledger.js';
import { placeOf } from './place.js';
import {
  type DeviceChange,
  formatChange,
  type HostChange,
  type NamespaceName,
  type RouteChange,
} from './plan.js';
import { formatKept, formatRemoval, type PlanDifference, planDifferenceInPieces } from './plan-difference.js';
import type { RouteSurvey } from './survey.js';
import { turnOfLoop } from './turn.js';

/** What there is to do on the way from one plan to another, and what stands there before anything is done. */
export interface Standing {
  readonly difference: PlanDifference;
  /** Of the namespaces that are concerned, without what makes room. */
  readonly survey: HostSurvey;
  /** What is to be made and is not there yet. */
  readonly remaining: readonly HostChange[];
  /** What will be done, for a person, in that order. */
  readonly lines: readonly string[];
}

/** What is ours already. */
export interface Ours {
  readonly ledger: ObjectLedger;
  readonly attachments: readonly MadeInterface[];
}

/** Looks at what stands where a plan is to be changed; throws a `Failure` (6) that names all that is in the way. */
export async function lookAround(
  ours: Ours,
  from: readonly HostChange[],
  to: readonly HostChange[],
): Promise<Standing> {
  const { ledger, attachments } = ours;
  const difference = await finishedInTurns(planDifferenceInPieces(from, to), turnOfLoop);
  await turnOfLoop();
  const { displaced, made, kept, removed } = difference;
  const state = ledger.state;
  const found = await surveyHost([...made, ...kept], state);
  checkOurs([...made, ...kept], found, ours);
  await turnOfLoop();
  const gone = new Set(displaced.map(placeOf));
  const cleared = without(found, gone, routesOf(from.filter((change) => gone.has(placeOf(change)))));
  const survey = withLent(cleared, found, displaced, ledger);
  const others = without(survey, new Set(attachments.map(placeOf)), routesOf(from));
  const devices = new Set(
    [...from, ...to].flatMap((change) => (change.kind === 'device' ? [change.device] : [])),
  );
  await turnOfLoop();
  // Nothing is in the way of nothing; to look for other labs takes a while.
  const conflicts = made.length === 0 ? [] : findConflicts(made, others, state, devices);
  if (conflicts.length > 0) throw conflictFailure(conflicts);

  const remaining = remainingChanges(made, survey, state);
  const isMade = new Set(remaining);
  const isRemoved = (change: HostChange): boolean =>
    change.kind !== 'namespace' || ledger.hasMade(change.namespace);
  const lines = [
    ...displaced.map(formatRemoval),
    ...made.flatMap((change) => {
      if (isMade.has(change)) return [formatChange(change)];
      return change.kind === 'device' ? [`${formatChange(change)}, taken over`] : [];
    }),
    ...kept.map(formatKept),
    ...removed.filter(isRemoved).map(formatRemoval),
  ];
  return { difference, survey, remaining, lines };
}

/** Throws where a device that is to be changed, or its namespace, is not the one that we made. */
function checkOurs(changes: readonly HostChange[], found: HostSurvey, { ledger, attachments }: Ours): void {
  const concerned = new Set(changes.map(placeOf));
  for (const each of attachments) {
    if (!concerned.has(placeOf(each))) continue;
    const { namespace, device, index } = each;
    const there = found.get(namespace);
    const inPlace = namespace === undefined ? '' : ` in namespace ${namespace}`;
    if (namespace !== undefined && there?.identity !== ledger.identityOf(namespace))
      throw new Failure(6, `nothing was changed: network namespace ${namespace} has gone`);
    if (there?.devices.find(({ name }) => name === device)?.index !== index)
      throw new Failure(6, `nothing was changed: device ${device}${inPlace} has gone`);
  }
}

/** What was found, without some devices and routes. */
const without = (survey: HostSurvey, devices: ReadonlySet<string>, routes: ReadonlySet<string>): HostSurvey =>
  new Map(
    [...survey].map(([namespace, each]) => [
      namespace,
      {
        ...each,
        devices: each.devices.filter(({ name }) => !devices.has(placeOf({ namespace, device: name }))),
        routes: each.routes.filter((route) => !routes.has(routeKeyOf(namespace, route))),
      },
    ]),
  );

/** Devices that are not ours make room, too, but stay: without what we put on them, and with everything to be set anew. */
const withLent = (
  survey: HostSurvey,
  found: HostSurvey,
  displaced: readonly DeviceChange[],
  ledger: ObjectLedger,
): HostSurvey => {
  const result = new Map(survey);
  for (const { namespace, device } of displaced) {
    const lent = ledger.lentDevice({ namespace, device });
    const there = found.get(namespace)?.devices.find(({ index }) => index === lent?.index);
    const here = result.get(namespace);
    if (lent === undefined || there === undefined || here === undefined) continue;
    const addresses = there.addresses.filter((address) => !lent.addresses.includes(address));
    const bare = { ...there, addresses, up: false, mtu: 0, before: lent.before };
    result.set(namespace, { ...here, devices: [...here.devices, bare] });
  }
  return result;
};

const routeKeyOf = (namespace: NamespaceName, { to, via, device }: RouteSurvey): string =>
  `${namespace ?? ''} ${formatPrefix(to)} ${via ?? ''} ${device ?? ''}`;

/** The routes of a plan, as they are found in the kernel. */
const routesOf = (plan: readonly HostChange[]): ReadonlySet<string> =>
  new Set(
    plan.flatMap((change) =>
      change.kind === 'route' ? [routeKeyOf(change.namespace, surveyed(change))] : [],
    ),
  );

const surveyed = ({ to, via, device }: RouteChange): RouteSurvey => ({
  to,
  via: via === undefined ? undefined : formatAddress(via),
  device,
  metric: 0,
});
