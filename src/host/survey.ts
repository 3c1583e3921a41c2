import { formatAddress, type Prefix, prefixOf } from '../address.js';
import { openKernel } from '../tun/open-kernel.js';
import {
  addressDumpRequest,
  addressEntries,
  linkDumpRequest,
  linkEntries,
  routeDumpRequest,
  routeEntries,
} from '../tun/rtnetlink.js';
import type { DeviceSettings } from './instance-state.js';
import { kernelFailure } from './kernel-failure.js';
import { inNamespace } from './namespaces.js';
import type { NamespaceName } from './plan.js';

/** What stands in one network namespace, read once. */
export interface NamespaceSurvey {
  readonly devices: readonly DeviceSurvey[];
  readonly routes: readonly RouteSurvey[];
}

export interface DeviceSurvey {
  readonly name: string;
  /** Never given twice while a namespace lives. */
  readonly index: number;
  readonly mtu: number;
  readonly queueLength: number;
  readonly up: boolean;
  /** Somebody holds its other end; known only while it is up. */
  readonly attached: boolean;
  /** Not undefined for a TUN device only. */
  readonly tun: { readonly persistent: boolean } | undefined;
  /** IPv4 addresses with their lengths: `198.51.100.10/24`. */
  readonly addresses: readonly string[];
  /** How it was before it was used, where that is known and now otherwise. */
  readonly before?: DeviceSettings | undefined;
}

/** One route of the main table. */
export interface RouteSurvey {
  readonly to: Prefix;
  readonly via: string | undefined;
  readonly device: string | undefined;
  readonly metric: number;
}

/** Reads what stands in a namespace, which must exist, and must be the one that is meant where an identity is given. */
export async function surveyNamespace(namespace: NamespaceName, identity?: string): Promise<NamespaceSurvey> {
  const kernel = await openKernel();
  try {
    return inNamespace(namespace, identity, (handle) => {
      const links = linkEntries(kernel.exchange(handle, linkDumpRequest()));
      const addresses = addressEntries(kernel.exchange(handle, addressDumpRequest()));
      const routes = routeEntries(kernel.exchange(handle, routeDumpRequest()));
      const names = new Map(links.map(({ index, name }) => [index, name]));
      return {
        devices: links.map((link) => ({
          name: link.name,
          index: link.index,
          mtu: link.mtu,
          queueLength: link.queueLength,
          up: link.isUp,
          attached: link.isAttached,
          tun: link.isTun ? { persistent: link.isPersistent } : undefined,
          addresses: addresses
            .filter(({ index }) => index === link.index)
            .map(({ address, length }) => `${formatAddress(address)}/${length}`),
        })),
        routes: routes.map(({ to, via, index, metric }) => ({
          to: prefixOf(to.network, to.length),
          via: via === undefined ? undefined : formatAddress(via),
          device: index === undefined ? undefined : names.get(index),
          metric,
        })),
      };
    });
  } catch (error) {
    throw kernelFailure(error, `looking at ${namespace ?? 'this namespace'}`);
  }
}
