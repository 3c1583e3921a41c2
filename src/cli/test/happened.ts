import type { EventRecord } from '../../observe/event-record.js';
import { colors } from '../../text/colors.js';
import { printable } from '../../text/printable.js';
import { formatEvent } from '../monitor-format.js';
import type { Evidence } from './evidence.js';

/** How a program ended. */
export interface Outcome {
  readonly host: string;
  readonly command: readonly string[];
  readonly code: number;
  readonly isLate: boolean;
  readonly seconds: number;
  readonly folder: string | undefined;
}

/** No more lines are printed than this. */
const MOST_LINES = 10;

/** Of what happens, what may be why a program fails, the most telling first. */
const TELLING = ['drop', 'icmp', 'link', 'route', 'config', 'igmp'];

/** Ten lines at most: how the program ended, what happened in the lab meanwhile, and where more is told. */
export const whatHappened = (
  { host, command, code, isLate, seconds, folder }: Outcome,
  { events, drops, missed, files }: Pick<Evidence, 'events' | 'drops' | 'missed' | 'files'>,
): readonly string[] => {
  const how = isLate ? `was ended after ${seconds} s` : `ended with exit code ${code} after ${seconds} s`;
  const head = `${host}: ${command.join(' ').replace(/\s+/g, ' ')} ${how}`;
  const dropped = drops.reduce((sum, { packets }) => sum + packets, 0);
  const sums = `dropped datagrams: ${dropped}; events: ${events.length + missed}`;
  const tail =
    folder === undefined
      ? '--evidence DIR keeps a capture, the drops and all events'
      : `evidence: ${files.join(' ') || 'none could be written'}`;
  return [head, sums, ...told(events, MOST_LINES - 3), tail].map(printable);
};

/** What happened how often; the same thing is told once. */
const told = (events: readonly EventRecord[], room: number): readonly string[] => {
  const counts = new Map<string, { readonly type: string; count: number }>();
  for (const event of events) {
    if (isRoutine(event)) continue;
    const line = lineOf(event);
    const known = counts.get(line);
    if (known === undefined) counts.set(line, { type: event.type, count: 1 });
    else known.count += 1;
  }
  const rank = (type: string): number => TELLING.indexOf(type);
  return [...counts]
    .sort(([, one], [, other]) => rank(one.type) - rank(other.type))
    .slice(0, room)
    .map(([line, { count }]) => `  ${line}${count === 1 ? '' : ` (${count} times)`}`);
};

/** What happens in every lab that works. */
const isRoutine = ({ type, event, direction, message }: EventRecord): boolean =>
  event === 'query-sent' ||
  event === 'querier-elected' ||
  event === 'neighbor-learned' ||
  (type === 'icmp' && (direction === 'received' || message === 'echo-reply'));

/** Without the time, and without what differs from one datagram of a flow to the next. */
const lineOf = (event: EventRecord): string => {
  const text = formatEvent(event, colors(false));
  return text
    .slice(text.indexOf(' ') + 1)
    .trim()
    .replace(/ +/g, ' ');
};
