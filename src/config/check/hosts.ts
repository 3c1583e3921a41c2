import { formatAddress, formatPrefix } from '../../address.js';
import { addressesOf } from '../attachments.js';
import type { FileDraft } from '../draft.js';
import type { Report } from '../report.js';
import type { Path } from '../tree.js';

/** What shares a kernel: the interfaces of one network namespace. */
interface Kernel {
  readonly routes: Set<string>;
  /** The first address, and whose it is. */
  first: string | undefined;
}

/** Finds what the kernel of a host would refuse, or understand otherwise than it is meant. */
export const checkHosts = (draft: FileDraft, report: Report): void => {
  const devices = new Map<string, string>();
  const kernels = new Map<string, Kernel>();
  for (const [name, host] of draft.hosts ?? []) {
    if (report.isFaulty('hosts', name, 'namespace')) continue;
    const namespace = host?.namespace ?? name;
    const kernel = kernels.get(namespace) ?? { routes: new Set<string>(), first: undefined };
    kernels.set(namespace, kernel);
    for (const [link, each] of host?.interfaces ?? []) {
      const path = ['hosts', name, 'interfaces', link];
      const { device } = each ?? {};
      const own = addressesOf(each?.address, path).map((one) => one.own);
      const address = own[0];
      if (device !== undefined) {
        const first = devices.get(device);
        if (first !== undefined)
          report.error(
            'E-DUPLICATE',
            [...path, 'device'],
            `the device \`${device}\` is that of \`${first}\` already`,
            'give each its own, or leave it out',
          );
        devices.set(device, `${name}.${link}`);
      }
      for (const [at, to] of (each?.routes ?? []).entries()) {
        if (to === undefined) continue;
        const text = formatPrefix(to);
        const isConnected = own.some(({ prefix }) => formatPrefix(prefix) === text);
        if (kernel.routes.has(text) || isConnected)
          refuseRoute([...path, 'routes', at], text, isConnected, report);
        kernel.routes.add(text);
      }
      if (address === undefined) continue;
      const text = formatAddress(address.address);
      if (kernel.first !== undefined)
        report.warning(
          'W-SAMENS',
          [...path, 'address'],
          `${text} and ${kernel.first} are in one namespace, \`${namespace}\`: that kernel answers between them by itself`,
          'give each host its own namespace',
          'value',
        );
      kernel.first ??= `${text} of \`${name}\``;
    }
  }
};

const refuseRoute = (path: Path, to: string, isConnected: boolean, report: Report): void =>
  report.error(
    'E-DUPLICATE',
    path,
    isConnected ? `${to} is the subnet of the address itself` : `a second route to ${to} in one namespace`,
    'remove it',
  );
