import { type Address, isGroupPrefix, type Prefix } from '../address.js';
import { parseHostAddress, parsePrefix } from './addresses.js';
import { type Fault, fault, isFault } from './fault.js';

/** One line of a table of routes. */
export interface RouteLine {
  readonly to: Prefix;
  readonly type: 'unicast' | 'blackhole' | 'unreachable' | 'prohibit';
  /** Undefined unless the type is unicast. */
  readonly via: Address | undefined;
  readonly metric: number;
}

/** What is wrong with a line, and the column of it, from 1. */
export interface LineFault extends Fault {
  readonly column: number;
}

const SILENT = ['blackhole', 'unreachable', 'prohibit'] as const;
const LARGEST_METRIC = 0xffffffff;
const FORM = 'PREFIX via ADDRESS [metric N], or blackhole, unreachable or prohibit and a PREFIX';

/**
 * Reads a line of a table of routes, in the words of `ip route`; undefined for one without a route.
 *
 * `PREFIX via ADDRESS [metric N]`, or `blackhole PREFIX [metric N]`, also `unreachable` and `prohibit`. `#` starts a
 * comment.
 */
export const parseRouteLine = (line: string): RouteLine | LineFault | undefined => {
  const words = [...line.replace(/#.*/, '').matchAll(/\S+/g)].map(({ 0: text, index }) => ({
    text,
    column: index + 1,
  }));
  if (words.length === 0) return undefined;
  const end = line.trimEnd().length + 1;
  const wrong = (at: number, told?: Fault): LineFault => ({
    ...(told ?? unexpected(words[at]?.text)),
    column: words[at]?.column ?? end,
  });
  const type = SILENT.find((each) => each === words[0]?.text) ?? 'unicast';
  const first = type === 'unicast' ? 0 : 1;
  const destination = words[first]?.text;
  if (destination === undefined) return wrong(first);
  const to = parsePrefix(destination);
  if (isFault(to)) return wrong(first, to);
  if (isGroupPrefix(to))
    return wrong(
      first,
      fault('E-MCAST', `\`${destination}\` is a range of multicast groups`, 'remove the line'),
    );
  let next = first + 1;
  let via: Address | undefined;
  if (type === 'unicast') {
    if (words[next]?.text !== 'via' || words[next + 1] === undefined) return wrong(next);
    const address = parseHostAddress(words[next + 1]!.text);
    if (isFault(address)) return wrong(next + 1, address);
    via = address;
    next += 2;
  }
  let metric = 0;
  if (words[next]?.text === 'metric') {
    const number = words[next + 1]?.text ?? '';
    if (!/^\d{1,10}$/.test(number) || Number(number) > LARGEST_METRIC)
      return wrong(
        next + 1,
        fault('E-RANGE', 'the metric is out of range', `write a number from 0 to ${LARGEST_METRIC}`),
      );
    metric = Number(number);
    next += 2;
  }
  return next < words.length ? wrong(next) : { to, type, via, metric };
};

const unexpected = (text: string | undefined): Fault =>
  fault(
    'E-TYPE',
    text === undefined ? 'the line ends too early' : `\`${text.slice(0, 40)}\` is not expected here`,
    `write ${FORM}`,
  );
