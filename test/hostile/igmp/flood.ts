import { prefixOf } from '../../../src/address.js';
import { seededRandom } from '../../../src/random.js';
import { milliseconds, seconds } from '../../../src/time.js';
import { type Megabytes, MemoryWatch, type Progress } from '../memory.js';
import { Broken } from '../visit.js';
import { fair } from './fair.js';
import { FloodedLab, type FloodSums } from './flooded-lab.js';
import { forgedMessage, pick } from './messages.js';
import { type PlaceOptions, WISHES } from './place.js';

export interface IgmpFloodOptions {
  readonly count: number;
  readonly seed: number;
  readonly progress?: Progress;
}

/** What became of a flood of IGMP that broke nothing. */
export interface IgmpFloodSummary extends FloodSums {
  readonly megabytes: Megabytes;
}

const SMALL = { maxGroups: 64, maxSources: 16 };

/** An eighth each of the groups that are forged at random. */
const DENIED = prefixOf(0xef02_0000, 25);
const BEYOND = prefixOf(0xef02_0080, 25);

/** One of each kind: quick timers, version 2, tracked and immediate leaves, limits, no address, and a proxy's two sides. */
const ROUTERS: readonly (readonly PlaceOptions[])[] = [
  [
    { name: 'quick', address: '192.0.2.100/24', wishes: WISHES, settings: { ...SMALL, queryInterval: seconds(20), queryResponseInterval: seconds(5) } },
    { name: 'older', address: '198.51.100.100/24', wishes: WISHES, settings: { ...SMALL, version: 2 } },
    { name: 'tracked', address: '203.0.113.100/24', wishes: WISHES, settings: { ...SMALL, fastLeave: 'tracked' } },
    { name: 'instant', address: '10.1.0.100/24', wishes: [], settings: { ...SMALL, fastLeave: 'always' } },
    { name: 'picky', address: '10.5.0.100/24', wishes: WISHES, boundary: [BEYOND], settings: { ...SMALL, routerDiscovery: true, ignoreVersions: [1], denyGroups: [{ group: DENIED, source: undefined }] } },
    { name: 'bare', wishes: WISHES, settings: { ...SMALL, requireRouterAlert: true } },
  ],
  [
    { name: 'above', address: '10.2.0.100/24', isUpstream: true, wishes: [] },
    { name: 'below', address: '10.3.0.100/24', wishes: WISHES, settings: SMALL },
    { name: 'beside', address: '10.4.0.100/24', wishes: WISHES, settings: { ...SMALL, maxGroups: 128 } },
  ],
]; // biome-ignore format: one place a line

const MOST_GROWTH_MEGABYTES = 16;

/** Floods routers with IGMP that means ill; throws `Broken` for the first promise that is broken. */
export const igmpFlood = ({ count, seed, progress }: IgmpFloodOptions): IgmpFloodSummary => {
  const random = seededRandom(seed);
  const lab = new FloodedLab(ROUTERS, random);
  const memory = new MemoryWatch(count, progress);
  let sent = 0;
  let last: Uint8Array = new Uint8Array(0);
  let where = '';
  try {
    while (sent < count) {
      const place = pick(random, lab.places);
      last = fair(forgedMessage(random, place.universe), place);
      where = place.name;
      place.forge(last);
      sent += 1;
      lab.insist();
      if (random() < 0.3) lab.advance(milliseconds(30 * random() * random()));
      if (random() < 0.002) lab.advance(seconds(20 * random()));
      if (random() < 0.000_05) lab.restart(pick(random, lab.places));
      memory.look(sent);
    }
    lab.advance(seconds(1));
    lab.audit();
  } catch (error) {
    const reason = error instanceof Error ? error.stack : String(error);
    const which = `seed ${seed}, after ${sent} messages, last on ${where}: ${Buffer.from(last).toString('hex')}`;
    throw new Broken(`${which}: ${reason}`);
  }
  return { ...lab.summary(), megabytes: memory.summary(MOST_GROWTH_MEGABYTES) };
};
