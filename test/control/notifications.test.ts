import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Notifications } from '../../src/control/notifications.js';

const sinkOf = (stream: PassThrough) => stream as unknown as ConstructorParameters<typeof Notifications>[0];

describe('notifications', () => {
  it('are lines of JSON-RPC without an id, in order, all of a turn in one write', () => {
    const stream = new PassThrough();
    let writes = 0;
    const write = stream.write.bind(stream);
    stream.write = (...args: unknown[]) => {
      writes += 1;
      return Reflect.apply(write, stream, args);
    };
    const notifications = new Notifications(sinkOf(stream));
    notifications.add('{"n":1}');
    notifications.add('{"n":2}');
    notifications.flush();
    expect(writes).toBe(1);
    const lines = String(stream.read()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { jsonrpc: '2.0', method: 'event', params: { n: 1 } },
      { jsonrpc: '2.0', method: 'event', params: { n: 2 } },
    ]);
  });

  it('are full while their reader is too slow, and say when it has read', async () => {
    const stream = new PassThrough({ highWaterMark: 100 });
    const notifications = new Notifications(sinkOf(stream), { limit: 300 });
    const line = '{"jsonrpc":"2.0","method":"event","params":{"n":1}}\n';
    let added = 0;
    for (; !notifications.isFull; added += 1) notifications.add('{"n":1}');
    expect(added * line.length).toBeLessThan(300 + 2 * line.length);
    notifications.flush();
    notifications.flush();
    let isRead = false;
    notifications.onRead(() => {
      isRead = true;
    });
    expect(isRead).toBe(false);
    stream.resume();
    await expect.poll(() => isRead).toBe(true);
    expect(notifications.isFull).toBe(false);
  });

  it('say nothing to a connection that is gone', () => {
    const stream = new PassThrough();
    stream.destroy();
    const notifications = new Notifications(sinkOf(stream));
    notifications.add('a line');
    notifications.flush();
    notifications.onRead(() => {
      throw new Error('nobody reads');
    });
  });
});
