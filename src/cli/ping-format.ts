import type { EchoResult } from '../control/echo.js';

/** The text of iputils for each code of Destination Unreachable. */
const UNREACHABLE: readonly (string | undefined)[] = [
  'Destination Net Unreachable',
  'Destination Host Unreachable',
  'Destination Protocol Unreachable',
  'Destination Port Unreachable',
  undefined,
  'Source Route Failed',
  'Destination Net Unknown',
  'Destination Host Unknown',
  'Source Host Isolated',
  'Destination Net Prohibited',
  'Destination Host Prohibited',
  'Destination Net Unreachable for Type of Service',
  'Destination Host Unreachable for Type of Service',
  'Packet filtered',
  'Precedence Violation',
  'Precedence Cutoff',
];

/** What iputils prints about one echo request, in one or more lines; undefined if no answer came. */
export const formatEcho = (result: EchoResult, sequence: number): string | undefined => {
  const seq = `icmp_seq=${sequence}`;
  switch (result.kind) {
    case 'reply': {
      const { length, from, ttl, milliseconds, route } = result;
      const line = `${length} bytes from ${from}: ${seq} ttl=${ttl} time=${formatTime(milliseconds)} ms`;
      return route.length === 0 ? line : `${line}\nRR: \t${route.join('\n\t')}`;
    }
    case 'error':
      return `From ${result.from} ${seq} ${formatError(result)}`;
    case 'no-answer':
      return undefined;
    default:
      if (result.why === 'host-unreachable') return `From ${result.from} ${seq} Destination Host Unreachable`;
      return result.why === 'too-long' ? `ping: local error: message too long, mtu=${result.mtu}` : undefined;
  }
};

/** Three significant digits, as in iputils. */
const formatTime = (milliseconds: number): string => {
  if (milliseconds >= 100) return milliseconds.toFixed(0);
  if (milliseconds >= 10) return milliseconds.toFixed(1);
  return milliseconds.toFixed(milliseconds >= 1 ? 2 : 3);
};

const formatError = ({ type, code, parameter }: EchoResult & { kind: 'error' }): string => {
  if (type === 3 && code === 4) return `Frag needed and DF set (mtu = ${parameter & 0xffff})`;
  if (type === 3) return UNREACHABLE[code] ?? `Dest Unreachable, Bad Code: ${code}`;
  if (type === 11) return code === 0 ? 'Time to live exceeded' : 'Frag reassembly time exceeded';
  return `Parameter problem: pointer = ${parameter >>> 24}`;
};

/** The summary, as iputils prints it. */
export const formatStatistics = (
  destination: string,
  {
    sent,
    errors,
    times,
    totalMs,
  }: { sent: number; errors: number; times: readonly number[]; totalMs: number },
): string => {
  const loss = sent === 0 ? 0 : ((sent - times.length) / sent) * 100;
  const counted = [
    `${sent} packets transmitted`,
    `${times.length} received`,
    ...(errors === 0 ? [] : [`+${errors} errors`]),
    `${Number(loss.toPrecision(6))}% packet loss`,
    `time ${Math.round(totalMs)}ms`,
  ].join(', ');
  const head = `\n--- ${destination} ping statistics ---\n${counted}`;
  if (times.length === 0) return `${head}\n`;
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  const deviation = Math.sqrt(times.reduce((sum, time) => sum + (time - average) ** 2, 0) / times.length);
  const numbers = [Math.min(...times), average, Math.max(...times), deviation];
  return `${head}\nrtt min/avg/max/mdev = ${numbers.map((each) => each.toFixed(3)).join('/')} ms`;
};
