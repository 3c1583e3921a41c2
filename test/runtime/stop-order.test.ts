import { describe, expect, it } from 'vitest';
import { StopOrder } from '../../src/runtime/stop-order.js';

const heard: unknown[][] = [];
const obey = (...reason: unknown[]): void => void heard.push(reason);

describe('the order to stop', () => {
  it.each([
    ['before', true],
    ['after', false],
  ])('is obeyed once, where it is given %s somebody obeys', (_, isEarly) => {
    heard.length = 0;
    const order = new StopOrder();
    const failure = new Error('the first');
    if (!isEarly) order.obeyWith(obey);
    expect(order.isGiven).toBe(false);
    order.give('an error', failure);
    order.give('Ctrl-C');
    expect(order.isGiven).toBe(true);
    if (isEarly) {
      expect(heard).toEqual([]);
      order.obeyWith(obey);
    }
    order.give('once more', new Error('the second'));
    expect(heard).toEqual([['an error']]);
    expect(order.failure).toBe(failure);
  });

  it('keeps an error that comes after the order', () => {
    const order = new StopOrder();
    const failure = new Error('while stopping');
    order.give('Ctrl-C');
    order.give('an error', failure);
    expect(order.failure).toBe(failure);
  });
});
