import { formatPrefix } from '../../address.js';
import type { FileDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import { addressesOf } from '../topology.js';
import type { Path } from '../tree.js';

/** One network namespace: everything that shares a kernel's routes and addresses. */
interface Kernel {
  readonly routes: Set<string>;
  /** The host that has the first address. */
  first: string | undefined;
  /** The host that was last said to share it. */
  told: string | undefined;
}

/** Finds what a host's kernel would refuse, or treat differently from what is meant. */
export const checkHosts = (draft: FileDraft, report: Report): void => {
  const devices = new Map<string, string>();
  const kernels = new Map<string, Kernel>();
  for (const [name, host] of draft.hosts ?? []) {
    if (report.isFaulty('hosts', name, 'namespace')) continue;
    const namespace = host?.namespace ?? name;
    const kernel = kernels.get(namespace) ?? { routes: new Set<string>(), first: undefined, told: undefined };
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
            `the device \`${device}\` is already used by \`${first}\``,
            'choose another name, or remove the key',
          );
        devices.set(device, `${name}.${link}`);
      }
      for (const [at, { to } = {}] of (each?.routes ?? []).entries()) {
        if (to === undefined) continue;
        const text = formatPrefix(to);
        const isConnected = own.some(({ prefix }) => formatPrefix(prefix) === text);
        if (kernel.routes.has(text) || isConnected)
          refuseRoute([...path, 'routes', at], text, isConnected, report);
        kernel.routes.add(text);
      }
      if (address === undefined) continue;
      kernel.first ??= name;
      if (kernel.first === name || kernel.told === name) continue;
      kernel.told = name;
      report.warning(
        'W-SAMENS',
        [...path, 'address'],
        `\`${name}\` and \`${kernel.first}\` share the namespace \`${namespace}\`, so the kernel delivers between them without a router`,
        'give each host its own namespace',
        'value',
      );
    }
  }
};

const refuseRoute = (path: Path, to: string, isConnected: boolean, report: Report): void =>
  report.error(
    'E-DUPLICATE',
    path,
    isConnected
      ? `${to} is the subnet of the interface itself`
      : `there is already a route to ${to} in this namespace`,
    'remove it',
  );
