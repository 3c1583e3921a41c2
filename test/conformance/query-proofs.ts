import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { kase } from './case.js';
import type { SettingsChange } from './settings-change.js';
import { configurationOf, DUT, hostOf, linkOf, PORTS } from './topology.js';

/** What a router without a clock answers to a host on port 0. */
export const answerWithoutClock = (octets: Uint8Array, settings: SettingsChange): Uint8Array => {
  const host = virtualLab(settings).host(hostOf(0), linkOf(0));
  host.send(octets);
  return host.take()[0] ?? new Uint8Array(0);
};

/** What comes out of each port when a router stops, some time after it began; nothing in place of nothing. */
export const farewells = (
  settings: SettingsChange,
  wait: Parameters<VirtualLab['advance']>[0],
): Uint8Array[] => {
  const lab = virtualLab(settings);
  lab.advance(wait);
  const take = (): Uint8Array[] => PORTS.flatMap((port) => lab.host(hostOf(port), linkOf(port)).take());
  take();
  lab.lab.routers.get(DUT)!.stop(lab.now);
  return take();
};

const virtualLab = (settings: SettingsChange): VirtualLab =>
  new VirtualLab(configurationOf(kase('', { steps: [], settings })));
