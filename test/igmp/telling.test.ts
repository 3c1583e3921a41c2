import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import { igmpCounters } from '../../src/igmp/refusal.js';
import { Telling } from '../../src/igmp/telling.js';
import { instant } from '../../src/time.js';
import { ip } from '../support/datagram.js';

describe('what is told of IGMP', () => {
  it('says on which interface it was', () => {
    const events: Event[] = [];
    const telling = new Telling(
      'r1.red',
      { wants: () => true, notify: (event) => events.push(event) },
      igmpCounters(),
    );
    telling.notify('join', ip('239.1.1.1'), null, ip('192.0.2.10'), instant(5));
    telling.warn('denied', ip('192.0.2.10'), null, instant(5));
    expect(events).toMatchObject([
      { interface: 'r1.red', event: 'join' },
      { interface: 'r1.red', event: 'warning', why: 'denied' },
    ]);
  });
});
