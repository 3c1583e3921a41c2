import { loadAddon } from './addon.js';
import type { Kernel, NamespaceHandle } from './kernel.js';

/** The kernel by our own addon; throws a `Failure` where that was not built. */
export function nativeKernel(): Kernel {
  const addon = loadAddon();
  const ofAddon = (namespace: NamespaceHandle): number => namespace ?? -1;
  return {
    backend: 'native',
    exchange: (namespace, requests) => addon.exchange(ofAddon(namespace), requests),
    setting: (namespace, path, value) => addon.setting(ofAddon(namespace), path, value),
    makeNamespaces: (count) => addon.makeNamespaces(count),
    prepareFolder: () => addon.prepareFolder(),
    attach: (namespace, placeholder, name) => addon.attach(namespace, placeholder, name),
    detach: (name) => addon.detach(name),
    closeTogether: async (close) => {
      addon.holdClosing();
      let closed: Promise<void> | undefined;
      try {
        close();
      } finally {
        closed = addon.closeHeld();
      }
      await closed;
    },
  };
}
