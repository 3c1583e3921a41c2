import type { EchoResult } from '../control/echo.js';

/** The first name of each address. */
export const namesByAddress = (names: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const byAddress = new Map<string, string>();
  for (const [name, address] of names) if (!byAddress.has(address)) byAddress.set(address, name);
  return byAddress;
};

/** Whether an answer ends the way: an error other than that the TTL has expired. */
export const isFinal = (result: EchoResult): boolean =>
  (result.kind === 'error' && result.type !== TIME_EXCEEDED) || result.kind === 'unsent';

const TIME_EXCEEDED = 11;
const UNREACHABLE = 3;

/** One line of traceroute(8): ` 2  r2.core (192.0.2.2)  0.412 ms  0.389 ms *`. */
export const formatHop = (
  ttl: number,
  answers: readonly EchoResult[],
  names: ReadonlyMap<string, string>,
): string => {
  let last: string | undefined;
  let line = String(ttl).padStart(2);
  for (const answer of answers) {
    if (answer.kind === 'no-answer' || (answer.kind === 'unsent' && answer.why !== 'host-unreachable')) {
      line += ' *';
      continue;
    }
    if (answer.from !== last) {
      const name = names.get(answer.from);
      line += `  ${name === undefined ? answer.from : `${name} (${answer.from})`}`;
      last = answer.from;
    }
    if (answer.kind !== 'unsent') line += `  ${answer.milliseconds.toFixed(3)} ms`;
    const mark = markOf(answer);
    if (mark !== '') line += ` ${mark}`;
  }
  return line;
};

/** What traceroute(8) appends to a time. */
const markOf = (answer: EchoResult): string => {
  if (answer.kind === 'unsent') return '!H';
  if (answer.kind !== 'error' || answer.type === TIME_EXCEEDED) return '';
  if (answer.type !== UNREACHABLE) return `!<${answer.type}-${answer.code}>`;
  if (answer.code === 4) return `!F-${answer.parameter & 0xffff}`;
  return MARKS[answer.code] ?? `!<${answer.code}>`;
};

/** By the code of Destination Unreachable. */
const MARKS: Readonly<Record<number, string>> = {
  0: '!N',
  1: '!H',
  2: '!P',
  3: '',
  5: '!S',
  6: '!U',
  7: '!W',
  8: '!I',
  9: '!A',
  10: '!Z',
  11: '!Q',
  12: '!T',
  13: '!X',
  14: '!V',
  15: '!C',
};
