import { expect, it } from 'vitest';
import { formatEvent } from '../../src/cli/monitor-format.js';
import type { EventRecord } from '../../src/observe/event-record.js';
import { colors } from '../../src/text/colors.js';

const TIME = new Date(2026, 0, 1, 12, 30, 5, 7).toISOString();

it.each<[Omit<EventRecord, 'time'>, string]>([
  [{ type: 'link', link: 'core', event: 'changed' }, 'link   core changed'],
  [{ type: 'link', link: 'core', attachment: 'r1.core', event: 'down' }, 'link   r1.core down'],
  [{ type: 'link', link: 'core', event: 'changed', detail: 'mtu 1400' }, 'link   core changed mtu 1400'],
  [{ type: 'config', event: 'applied', message: null }, 'config applied'],
  [{ type: 'config', event: 'refused', message: 'lab.yaml:3:1: …' }, 'config refused: lab.yaml:3:1: …'],
  [{ type: 'config', event: 'refused', message: 'a\u001b[41m\nb' }, 'config refused: a\\u001b[41m\\nb'],
  [{ type: 'route', router: 'r1', event: 'add', prefix: '10.0.0.0/8' }, 'route  r1 10.0.0.0/8 add'],
  [
    { type: 'config', event: 'refused', message: 'a\u001b[31m\nb\u202e' },
    'config refused: a\\u001b[31m\\nb\\u202e',
  ],
])('an event is one line: where, and what (%#)', (fields, line) => {
  expect(formatEvent({ ...fields, time: TIME } as EventRecord, colors(false))).toBe(`12:30:05.007 ${line}`);
});
