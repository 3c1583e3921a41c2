import type { HostChange, NamespaceName } from './plan.js';

/** A namespace, or a device in one. */
export interface Place {
  readonly namespace: NamespaceName;
  readonly device?: string;
}

/** `NAMESPACE/DEVICE`; a namespace alone has no device. */
export const placeOf = ({ namespace, device }: Place): string => `${namespace ?? ''}/${device ?? ''}`;

/** Tells the devices of different hosts and links from each other, although they have one name. */
export const tenantOf = (device: Place & { readonly host: string; readonly link: string }): string =>
  `${placeOf(device)} ${device.host} ${device.link}`;

/** Changes by the namespace that they are in, in their order. */
export const byNamespace = <Change extends HostChange>(
  changes: readonly Change[],
): ReadonlyMap<NamespaceName, readonly Change[]> => {
  const groups = new Map<NamespaceName, Change[]>();
  for (const each of changes) {
    const group = groups.get(each.namespace);
    if (group === undefined) groups.set(each.namespace, [each]);
    else group.push(each);
  }
  return groups;
};
