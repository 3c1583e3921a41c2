import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Notifications } from '../../src/control/notifications.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What has been written so far, one object a line. */
const readAll = (stream: PassThrough): { method: string; params: Record<string, unknown> }[] => {
  const text = String(stream.read() ?? '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

const sinkOf = (stream: PassThrough) => stream as unknown as ConstructorParameters<typeof Notifications>[0];

describe('notifications', () => {
  it('are lines of JSON-RPC without an id, in order', async () => {
    const stream = new PassThrough();
    const notifications = new Notifications(sinkOf(stream));
    notifications.send('event', () => ({ n: 1 }));
    notifications.send('event', () => ({ n: 2 }));
    await turn();
    expect(readAll(stream)).toEqual([
      { jsonrpc: '2.0', method: 'event', params: { n: 1 } },
      { jsonrpc: '2.0', method: 'event', params: { n: 2 } },
    ]);
  });

  it('count what a slow reader misses, build nothing of it, and tell how many', async () => {
    const stream = new PassThrough({ highWaterMark: 100 });
    const notifications = new Notifications(sinkOf(stream), 300);
    let built = 0;
    const send = (): void =>
      notifications.send('event', () => {
        built += 1;
        return { n: built };
      });
    for (let each = 0; each < 1000; each += 1) send();
    expect(built).toBeLessThan(20);
    await turn();
    const told: Record<string, unknown>[] = [];
    await expect
      .poll(() => {
        told.push(...readAll(stream).map(({ params }) => params));
        return told.at(-1);
      })
      .toMatchObject({ type: 'missed', events: 1000 - built });
    const before = built;
    send();
    expect(built).toBe(before + 1);
  });

  it('say nothing to a connection that is gone', () => {
    const stream = new PassThrough();
    stream.destroy();
    new Notifications(sinkOf(stream)).send('event', () => {
      throw new Error('built for nobody');
    });
  });
});
