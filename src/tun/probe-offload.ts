import { closeSync } from 'node:fs';
import { Arena } from './arena.js';
import { nativeKernel } from './native-kernel.js';
import { nativeDriver } from './native-port.js';
import { DeviceOffload } from './offload.js';
import type { Offload, OffloadWish } from './port.js';

/**
 * What a device of this kernel does of what is asked for, found as `up` finds it: with a device, in a network
 * namespace that nobody sees and that is gone afterwards.
 *
 * Throws as the addon does: a `Failure` where it was not built, a system error where namespaces cannot be made.
 */
export function probeOffload(wish: OffloadWish): readonly Offload[] {
  const [namespace] = nativeKernel().makeNamespaces(1);
  if (namespace === undefined) return [];
  try {
    const { descriptor } = nativeDriver().open(`/proc/self/fd/${namespace}`, 'probe%d', false, true);
    const offload = new DeviceOffload(new Arena());
    offload.begin(descriptor, wish);
    const { names } = offload;
    descriptor.close();
    return names;
  } finally {
    closeSync(namespace);
  }
}
