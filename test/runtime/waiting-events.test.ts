import { describe, expect, it } from 'vitest';
import { WaitingEvents } from '../../src/runtime/services/waiting-events.js';
import { START } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';
import { DROP_ON_RED } from '../support/drop-event.js';

const config = (message: string) => ({ type: 'config', time: START, event: 'applied', message }) as const;

describe('events that wait to be told', () => {
  it('are taken in their order, and say what their datagram was', () => {
    const waiting = new WaitingEvents();
    const octets = datagram({ source: '203.0.113.9' });
    waiting.add({ ...DROP_ON_RED, datagram: octets });
    octets.fill(0);
    waiting.add(config('more'));
    expect(waiting.isEmpty).toBe(false);
    expect(waiting.take()).toMatchObject({
      type: 'drop',
      fields: { source: ip('203.0.113.9'), reason: 'no-route' },
    });
    expect(waiting.take()).toMatchObject({ type: 'config', fields: { message: 'more' } });
    expect([waiting.isEmpty, waiting.take()]).toEqual([true, undefined]);
  });

  it('are left out from the first on for which there is no room, until those before are told', () => {
    const waiting = new WaitingEvents(3);
    for (const each of ['a', 'b', 'c', 'd']) waiting.add(config(each));
    expect(waiting.take()).toMatchObject({ fields: { message: 'a' } });
    waiting.add({ ...DROP_ON_RED, datagram: datagram() });
    waiting.add(config('e'));
    expect(waiting.take()).toMatchObject({ fields: { message: 'b' } });
    expect(waiting.take()).toMatchObject({ fields: { message: 'c' } });
    expect(waiting.isEmpty).toBe(false);
    expect(waiting.take()).toEqual(
      new Map([
        ['config', 2],
        ['drop', 1],
      ]),
    );
    expect(waiting.isEmpty).toBe(true);
    waiting.add(config('f'));
    expect(waiting.take()).toMatchObject({ fields: { message: 'f' } });
  });
});
