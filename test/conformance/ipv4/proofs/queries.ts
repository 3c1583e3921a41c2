import type { Duration } from '../../../../src/time.js';
import { configurationOf } from '../../configuration.js';
import type { SettingsChange } from '../../settings-change.js';
import { VirtualRouter } from '../../targets/virtual-router.js';

/** What a router without a clock answers to a host on port 0. */
export const answerWithoutClock = (octets: Uint8Array, settings: SettingsChange): Uint8Array => {
  const host = new VirtualRouter(configurationOf({ settings })).host(0);
  host.send(octets);
  return host.take()[0] ?? new Uint8Array(0);
};

/** What comes out of each port when a router stops, some time after it began; nothing in place of nothing. */
export const farewells = (settings: SettingsChange, wait: Duration): Uint8Array[] => {
  const virtual = new VirtualRouter(configurationOf({ settings }));
  virtual.advance(wait);
  virtual.take();
  virtual.router.stop(virtual.now);
  return virtual.take().map(({ octets }) => octets);
};
