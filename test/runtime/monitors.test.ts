import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { Notifications } from '../../src/control/notifications.js';
import type { Caller } from '../../src/control/protocol.js';
import { Monitors } from '../../src/runtime/services/monitor.js';
import { datagram } from '../support/datagram.js';
import { DROP_ON_RED } from '../support/drop-event.js';

const DROP = { ...DROP_ON_RED, datagram: datagram() } as const;

/** Somebody who follows events, and reads none of them. */
const follower = (): Caller & { readonly stream: PassThrough } => {
  const stream = new PassThrough();
  return {
    stream,
    follow: () =>
      new Notifications(stream as unknown as ConstructorParameters<typeof Notifications>[0], { limit: 2000 }),
    onEnd: (action) => void stream.once('close', action),
  };
};

it('costs the datagrams next to nothing, however many follow and do not read', async () => {
  const monitors = new Monitors(() => '2026-01-01T00:00:00.000Z');
  for (let each = 0; each < 60; each += 1) monitors.follow({ types: ['drop'] }, follower(), 'lab');
  const startedAt = performance.now();
  for (let each = 0; each < 500_000; each += 1) {
    monitors.notify(DROP);
    if (each % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

it('pauses for everybody where events come faster than a tenth of the time has room for', async () => {
  const monitors = new Monitors(() => '2026-01-01T00:00:00.000Z');
  const [one, other] = [follower(), follower()];
  const seen = new Map([one, other].map((each) => [each, '']));
  for (const each of [one, other]) {
    monitors.follow({ types: ['drop'] }, each, 'lab');
    each.stream.setEncoding('utf8');
    each.stream.on('data', (text) => seen.set(each, seen.get(each) + text));
  }
  const count = 300_000;
  for (let each = 0; each < count; each += 1) {
    monitors.notify(DROP);
    if (each % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const text of seen.values()) {
    const told = text.match(/"type":"drop"/g)?.length ?? 0;
    const missed = [...text.matchAll(/"type":"missed","events":(\d+)/g)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    expect(told + missed).toBe(count);
    expect(missed).toBeGreaterThan(0);
  }
});

it('wants nothing once everybody has gone', async () => {
  const monitors = new Monitors(() => '2026-01-01T00:00:00.000Z');
  const one = follower();
  expect(monitors.wants('drop')).toBe(false);
  monitors.follow({ types: ['drop'] }, one, 'lab');
  expect([monitors.wants('drop'), monitors.wants('icmp')]).toEqual([true, false]);
  one.stream.destroy();
  await expect.poll(() => monitors.wants('drop')).toBe(false);
});

/** What a follower is told, turn of the event loop by turn, while no time passes. */
const turnsOf = async (events: number, followers: number): Promise<string[]> => {
  const still = vi.spyOn(performance, 'now').mockReturnValue(0);
  try {
    const monitors = new Monitors(() => '2026-01-01T00:00:00.000Z');
    const texts: string[] = [];
    const all = [...Array(followers).keys()].map(() => ({ stream: new PassThrough() }));
    for (const { stream } of all)
      monitors.follow(
        { types: ['drop'] },
        {
          follow: () =>
            new Notifications({
              writableLength: 0,
              writableNeedDrain: false,
              destroyed: false,
              write: (text) => void (stream === all[0]!.stream && texts.push(text)),
              once: () => undefined,
            }),
          onEnd: () => undefined,
        },
        'lab',
      );
    for (let each = 0; each < events; each += 1) monitors.notify(DROP);
    expect(texts).toEqual([]);
    for (let each = 0; each < 200; each += 1) await new Promise((resolve) => setImmediate(resolve));
    return texts;
  } finally {
    still.mockRestore();
  }
};
const toldIn = (text: string): number => text.match(/"type":"drop"/g)?.length ?? 0;

it('tells some events in a turn, and the fewer the more follow', async () => {
  expect((await turnsOf(200, 1)).map(toldIn)).toEqual([64, 64, 64, 8]);
  expect((await turnsOf(20, 8)).map(toldIn)).toEqual([8, 8, 4]);
});

it('tells how many events were too many to wait', async () => {
  const texts = await turnsOf(10_000, 1);
  expect(texts.reduce((sum, text) => sum + toldIn(text), 0)).toBe(8192);
  expect(texts.at(-1)).toContain('"type":"missed","events":1808');
});
