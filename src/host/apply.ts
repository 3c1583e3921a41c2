import { formatAddress, formatPrefix } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import type { Kernel, NamespaceHandle } from '../tun/kernel.js';
import { joined, messagesOf, refusalsOf } from '../tun/netlink.js';
import { linkDumpRequest, linkEntries } from '../tun/rtnetlink.js';
import {
  addAddressRequest,
  addRouteRequest,
  deleteAddressRequest,
  deleteLinkRequest,
  deleteRouteRequest,
  type HostRoute,
  mtuRequest,
  upRequest,
} from '../tun/rtnetlink-request.js';
import { kernelFailure } from './kernel-failure.js';
import { commandOf, type HostChange } from './plan.js';
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
export function applySettings(kernel: Kernel, handle: NamespaceHandle, settings: readonly Setting[]): void {
  if (settings.length === 0) return;
  const indices = indicesIn(kernel, handle);
  const steps: Step[] = [];
  for (const change of settings) {
    if (change.kind === 'no-ipv6') silence(kernel, handle, change);
    else steps.push({ what: `\`${commandOf(change)}\` failed`, request: requestOf(change, indices) });
  }
  run(kernel, handle, steps);
}

/** The index of every link in a namespace, by its name. */
export const indicesIn = (kernel: Kernel, handle: NamespaceHandle): ReadonlyMap<string, number> =>
  new Map(linkEntries(kernel.exchange(handle, linkDumpRequest())).map(({ name, index }) => [name, index]));

export const deleteDevice = (kernel: Kernel, handle: NamespaceHandle, index: number): void =>
  run(kernel, handle, [{ what: 'removing the device', request: deleteLinkRequest(index) }]);

/** Takes addresses and routes off a device, by its index. */
export function clearDevice(
  kernel: Kernel,
  handle: NamespaceHandle,
  index: number,
  addresses: readonly InterfaceAddress[],
  routes: readonly HostRoute[],
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
  ]);
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
      return addRouteRequest(index, change);
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
  if (steps.length === 0) return;
  const answers = kernel.exchange(handle, joined(steps.map(({ request }) => request)));
  const [first] = refusalsOf(messagesOf(answers));
  if (first === undefined) return;
  const error = Object.assign(new Error(first.code), { code: first.code });
  throw kernelFailure(error, steps[first.sequence - 1]?.what ?? 'a setting', first.reason);
}
