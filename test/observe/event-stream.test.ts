import { expect, it } from 'vitest';
import type { Event, EventType } from '../../src/event.js';
import { EventStream } from '../../src/observe/event-stream.js';
import { START } from '../../src/time.js';

const LINK_UP: Event = { type: 'link', time: START, link: 'red', attachment: 'r1.red', event: 'up' };

const wanting = (...types: readonly EventType[]) => {
  const heard: Event[] = [];
  return {
    heard,
    wants: (type: EventType) => types.includes(type),
    notify: (event: Event) => void heard.push(event),
  };
};

it('wants what somebody wants, and nothing for nobody', () => {
  const stream = new EventStream(wanting('link'));
  expect(stream.wants('link')).toBe(true);
  expect(stream.wants('drop')).toBe(false);
  const remove = stream.add(wanting('drop'));
  expect(stream.wants('drop')).toBe(true);
  remove();
  expect(stream.wants('drop')).toBe(false);
});

it('tells each observer only what it wants', () => {
  const [links, drops] = [wanting('link'), wanting('drop')];
  new EventStream(links, drops).notify(LINK_UP);
  expect(links.heard).toEqual([LINK_UP]);
  expect(drops.heard).toEqual([]);
});
