import { type ImpairmentSettings, impairmentsFrom } from '../impairments.js';
import type { Lab } from '../lab/lab.js';
import type { Direction } from '../link/direction.js';
import type { Link } from '../link/link.js';
import type { LinkRow } from './shown.js';

/** Every link, and every sender on it that has settings of its own. */
export function* linkRows(lab: Lab): Generator<LinkRow> {
  for (const link of lab.links.values()) {
    const { impairments } = link.directions;
    const directions = new Map([...link.directions].map(([sender, { direction }]) => [sender, direction]));
    yield rowOf(link, null, impairments, [...directions.values()]);
    for (const sender of impairments.from.keys()) {
      const direction = directions.get(sender);
      yield rowOf(
        link,
        sender,
        impairmentsFrom(impairments, sender),
        direction === undefined ? [] : [direction],
      );
    }
  }
}

const rowOf = (
  link: Link,
  from: string | null,
  settings: ImpairmentSettings,
  directions: readonly Direction[],
): LinkRow => {
  const { delay, jitter, loss, burst, duplicate, reorder, corrupt, rate, queue, seed } = settings;
  const sum = (count: (direction: Direction) => number): number =>
    directions.reduce((total, each) => total + count(each), 0);
  return {
    link: link.name,
    from,
    state: link.isUp ? 'up' : 'down',
    mtu: link.mtu,
    delaySeconds: inSeconds(delay),
    jitterSeconds: inSeconds(jitter),
    loss: orNull(loss),
    burst: orNull(burst),
    duplicate: orNull(duplicate),
    reorder: orNull(reorder),
    corrupt: orNull(corrupt),
    rateBitsPerSecond: orNull(rate),
    queueDatagrams: orNull(queue),
    seed: seed ?? null,
    queuedDatagrams: sum(({ queued }) => queued),
    queuedOctets: sum(({ queuedOctets }) => queuedOctets),
    lostDatagrams: sum(({ counts }) => counts.lost),
    droppedDatagrams: sum(({ counts }) => counts.dropped),
    duplicatedDatagrams: sum(({ counts }) => counts.duplicated),
    corruptedDatagrams: sum(({ counts }) => counts.corrupted),
  };
};

/** Zero means none. */
const orNull = (value: number | undefined): number | null => value || null;

const inSeconds = (length: number | undefined): number | null => orNull((length ?? 0) / 1000);
