import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { showSchedule } from '../../src/observe/show-schedule.js';
import { milliseconds, seconds } from '../../src/time.js';
import { configured } from '../support/configured.js';

const lab = (schedule: string): string => `
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
schedule:
${schedule}
`;

type ConfigEvent = Extract<Event, { type: 'config' }>;

const watched = (text: string): { readonly lab: VirtualLab; readonly events: ConfigEvent[] } => {
  const events: ConfigEvent[] = [];
  const observer = {
    wants: (type: string) => type === 'config',
    notify: (event: Event) => void events.push(event as ConfigEvent),
  };
  return { lab: new VirtualLab(configured(text), { observer }), events };
};

const repliesOf = ({ lab }: VirtualLab): boolean =>
  lab.configuration.routers.get('r1')!.settings.icmp.echoReply;

describe('the schedule of a lab', () => {
  it('makes each change at its time, and says so', () => {
    const { lab: virtual, events } = watched(
      lab(
        '  - { at: 5s, do: icmp set --echo-reply false }\n  - { at: 7.5s, do: icmp set --echo-reply -r r1 }',
      ),
    );
    virtual.advance(milliseconds(4999));
    expect(repliesOf(virtual)).toBe(true);
    virtual.advance(milliseconds(1));
    expect(repliesOf(virtual)).toBe(false);
    virtual.advance(seconds(2.5));
    expect(repliesOf(virtual)).toBe(true);
    expect(events.map(({ time, event, message }) => [time, event, message])).toEqual([
      [5000, 'applied', 'schedule: icmp set --echo-reply false'],
      [7500, 'applied', 'schedule: icmp set --echo-reply -r r1'],
    ]);
  });

  it('repeats what is to be repeated, as often as it says', () => {
    const { lab: virtual, events } = watched(
      lab(
        '  - { at: 10s, every: 30s, times: 3, do: icmp set --probe }\n  - { at: 1s, every: 1m, do: icmp set --probe false }',
      ),
    );
    virtual.advance(seconds(11));
    expect(showSchedule(virtual.schedule, virtual.now)).toEqual([
      { at: '10s', every: '30s', times: 3, do: 'icmp set --probe', ran: 1, nextSeconds: 29, error: null },
      {
        at: '1s',
        every: '60s',
        times: null,
        do: 'icmp set --probe false',
        ran: 1,
        nextSeconds: 50,
        error: null,
      },
    ]);
    virtual.advance(seconds(589));
    const times = (line: string): number[] =>
      events.flatMap(({ time, message }) => (message === `schedule: ${line}` ? [time] : []));
    expect(times('icmp set --probe')).toEqual([10_000, 40_000, 70_000]);
    expect(times('icmp set --probe false')).toHaveLength(10);
    expect(showSchedule(virtual.schedule, virtual.now)[0]).toMatchObject({ ran: 3, nextSeconds: null });
  });

  it('reports what fails, and goes on', () => {
    const { lab: virtual, events } = watched(
      lab('  - { at: 1s, every: 1s, times: 2, do: igmp query r1.red }\n  - { at: 2s, do: icmp set --probe }'),
    );
    virtual.advance(seconds(10));
    const error = 'there is no interface `r1.red` that runs IGMP';
    expect(events.map(({ event, message }) => [event, message])).toEqual([
      ['refused', `schedule: igmp query r1.red: ${error}`],
      ['applied', 'schedule: icmp set --probe'],
      ['refused', `schedule: igmp query r1.red: ${error}`],
    ]);
    expect(showSchedule(virtual.schedule, virtual.now)[0]).toMatchObject({ ran: 2, error });
  });

  it('goes on with what stays when the configuration changes, and begins what is new', () => {
    const { lab: virtual, events } = watched(
      lab('  - { at: 10s, do: icmp set --probe }\n  - { at: 20s, do: icmp set --redirects }'),
    );
    virtual.advance(seconds(5));
    virtual.apply(
      configured(
        lab('  - { at: 10s, do: icmp set --probe }\n  - { at: 1s, do: icmp set --redirects false }'),
      ),
    );
    virtual.advance(seconds(100));
    expect(events.map(({ time, message }) => [time, message])).toEqual([
      [6000, 'schedule: icmp set --redirects false'],
      [10_000, 'schedule: icmp set --probe'],
    ]);
  });

  it('leaves out the times that passed while the process was stopped', () => {
    const { lab: virtual, events } = watched(
      lab('  - { at: 1s, every: 1s, times: 3, do: icmp set --probe }'),
    );
    virtual.schedule.poll(milliseconds(5500) as never);
    expect(events).toHaveLength(1);
    expect(virtual.schedule.nextDeadline(virtual.now)).toBe(6000);
  });
});
