import { formatAddress, formatPrefix } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import type { Kernel, NamespaceHandle } from '../tun/kernel.js';
import { joined, messagesOf, type Refusal, refusalsOf } from '../tun/netlink.js';
import { linkDumpRequest, linkEntries } from '../tun/rtnetlink.js';
import {
  addAddressRequest,
  addRouteRequest,
  deleteAddressRequest,
  deleteLinkRequest,
  deleteRouteRequest,
  downRequest,
  type HostRoute,
  mtuRequest,
  queueLengthRequest,
  upRequest,
} from '../tun/rtnetlink-request.js';
import type { DeviceSettings } from './instance-state.js';
import { kernelFailure } from './kernel-failure.js';
import { commandOf, formatChange, type HostChange } from './plan.js';
import { readAddress } from './route-text.js';

/** One request to the kernel, and the words for it where it is refused. */
interface Step {
  readonly what: string;
  readonly request: Uint8Array;
}

/** The changes that are made inside of a namespace, once its devices are there. */
export type Setting = Exclude<HostChange, { kind: 'namespace' | 'device' }>;

/**
 * Makes settings in one namespace, in their order and with one exchange; throws a `Failure` that names the first that
 * the kernel refused.
 */
export function applySettings(
  kernel: Kernel,
  handle: NamespaceHandle,
  settings: readonly Setting[],
  indices: ReadonlyMap<string, number>,
): void {
  if (settings.length === 0) return;
  const steps: Step[] = [];
  for (const change of settings) {
    if (change.kind === 'no-ipv6') silence(kernel, handle, change);
    else steps.push({ what: `\`${commandOf(change)}\` failed`, request: requestOf(change, indices) });
  }
  run(kernel, handle, steps);
}

/** Makes settings as {@link applySettings}, as many of them as the kernel lets; gives what it says of the others. */
export function restoreSettings(
  kernel: Kernel,
  handle: NamespaceHandle,
  settings: readonly Exclude<Setting, { kind: 'no-ipv6' }>[],
  indices: ReadonlyMap<string, number>,
): readonly string[] {
  const steps = settings.map((change) => ({
    what: formatChange(change),
    request: requestOf(change, indices),
  }));
  return refused(kernel, handle, steps).map(({ what, code, reason }) => `${what}: ${reason ?? code}`);
}

/** The index of every link in a namespace, by its name. */
export const indicesIn = (kernel: Kernel, handle: NamespaceHandle): ReadonlyMap<string, number> =>
  new Map(linkEntries(kernel.exchange(handle, linkDumpRequest())).map(({ name, index }) => [name, index]));

export const deleteDevice = (kernel: Kernel, handle: NamespaceHandle, index: number): void =>
  run(kernel, handle, [{ what: 'removing the device', request: deleteLinkRequest(index) }]);

/** What is to be undone on a device that stays. */
export interface DeviceClearing {
  readonly index: number;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly HostRoute[];
  /** How it is to be set again, as far as it is not. */
  readonly settings: Partial<DeviceSettings>;
}

/** Takes addresses and routes off a device, and sets it as it was. */
export function clearDevice(
  kernel: Kernel,
  handle: NamespaceHandle,
  { index, addresses, routes, settings: { up, mtu, queueLength } }: DeviceClearing,
): void {
  run(kernel, handle, [
    ...routes.map((route) => ({
      what: `removing the route to ${formatPrefix(route.to)}`,
      request: deleteRouteRequest(index, route),
    })),
    ...addresses.map(({ address, prefix }) => ({
      what: `removing the address ${formatAddress(address)}`,
      request: deleteAddressRequest(index, address, prefix.length),
    })),
    ...(up === false ? [{ what: 'setting it down again', request: downRequest(index) }] : []),
    ...(mtu === undefined ? [] : [{ what: `its MTU ${mtu} of before`, request: mtuRequest(index, mtu) }]),
    ...(queueLength === undefined
      ? []
      : [{ what: `its queue of ${queueLength} of before`, request: queueLengthRequest(index, queueLength) }]),
  ]);
}

/**
 * Takes addresses and routes off devices again, and gives what the kernel says of those that stay.
 *
 * What is not there any more need not be removed. The secondary addresses of a subnet outlive their primary one.
 */
export function removeSettings(
  kernel: Kernel,
  handle: NamespaceHandle,
  settings: readonly Setting[],
  indices: ReadonlyMap<string, number>,
): readonly string[] {
  // Without its device, a route that somebody else has would be meant as well.
  const there = settings.flatMap((change) => {
    const index = indices.get(change.device);
    return index === undefined ? [] : [{ change, index }];
  });
  const steps = there.flatMap(({ change, index }): Step[] => {
    if (change.kind === 'route')
      return [{ what: formatChange(change), request: deleteRouteRequest(index, change) }];
    if (change.kind !== 'address') return [];
    const { address, prefix } = readAddress(change.address)!;
    return [{ what: formatChange(change), request: deleteAddressRequest(index, address, prefix.length) }];
  });
  if (steps.length === 0) return [];
  const devices = there.flatMap(({ change }) => (change.kind === 'address' ? [change.device] : []));
  return withPromotion(kernel, handle, new Set(devices), () =>
    refused(kernel, handle, steps)
      .filter(({ code }) => !NOT_THERE.has(code))
      .map(({ what, code, reason }) => `${what}: ${reason ?? code}`),
  );
}

const NOT_THERE: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ESRCH', 'ENODEV', 'ENETUNREACH']);

/** Source: ip-sysctl.rst, promote_secondaries. */
function withPromotion<Result>(
  kernel: Kernel,
  handle: NamespaceHandle,
  devices: ReadonlySet<string>,
  body: () => Result,
): Result {
  const pathOf = (device: string): string => `ipv4/conf/${device}/promote_secondaries`;
  const before = [...devices].map(
    (device) => [device, kernel.setting(handle, pathOf(device)).trim()] as const,
  );
  const changed = before.filter(([, value]) => value === '0');
  for (const [device] of changed) kernel.setting(handle, pathOf(device), '1');
  try {
    return body();
  } finally {
    for (const [device, value] of changed) kernel.setting(handle, pathOf(device), value);
  }
}

function requestOf(
  change: Exclude<Setting, { kind: 'no-ipv6' }>,
  indices: ReadonlyMap<string, number>,
): Uint8Array {
  // Index 0 is nobody's: what became of the device meanwhile is for the kernel to say.
  const index = indices.get(change.device) ?? 0;
  switch (change.kind) {
    case 'mtu':
      return mtuRequest(index, change.mtu);
    case 'address': {
      const own = readAddress(change.address)!;
      return addAddressRequest(index, own.address, own.prefix.length);
    }
    case 'up':
      return upRequest(index);
    case 'route':
      return addRouteRequest(index, change, change.replaces);
  }
}

/** Where the kernel speaks no IPv6 there is nothing to switch off. */
function silence(kernel: Kernel, handle: NamespaceHandle, change: Setting): void {
  try {
    kernel.setting(handle, `ipv6/conf/${change.device}/disable_ipv6`, '1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw kernelFailure(error, `\`${commandOf(change)}\` failed`);
  }
}

function run(kernel: Kernel, handle: NamespaceHandle, steps: readonly Step[]): void {
  const [first] = refused(kernel, handle, steps);
  if (first === undefined) return;
  const error = Object.assign(new Error(first.code), { code: first.code });
  throw kernelFailure(error, first.what, first.reason);
}

/** Sends all of them, and gives those that the kernel refused. */
function refused(
  kernel: Kernel,
  handle: NamespaceHandle,
  steps: readonly Step[],
): readonly (Refusal & { readonly what: string })[] {
  if (steps.length === 0) return [];
  const answers = kernel.exchange(handle, joined(steps.map(({ request }) => request)));
  return refusalsOf(messagesOf(answers)).map((refusal) => ({
    ...refusal,
    what: steps[refusal.sequence - 1]?.what ?? 'a setting',
  }));
}
