import { formatAddress } from '../../address.js';
import type { EchoParams, EchoResult } from '../../control/echo.js';
import type { PingOutcome } from '../../icmp/ping.js';
import type { LabLoop } from '../../lab/loop.js';
import { routerNamed } from '../../lab/named.js';
import { parseAddress } from '../../text/addresses.js';
import { accepted } from '../../text/fault.js';
import { milliseconds } from '../../time.js';

/** Has a router of a running lab send an echo request, and waits for its fate. */
export const sendEcho = async (loop: LabLoop, params: EchoParams): Promise<EchoResult> => {
  const { router, destination, timeoutMs, ...rest } = params;
  const address = accepted(parseAddress(destination));
  const request = { ...rest, destination: address, timeout: milliseconds(timeoutMs) };
  return resultOf(await loop.ping(routerNamed(loop.lab, router, '--from'), request));
};

/** Rounds to microseconds, the last significant digit. */
const microseconds = (elapsed: number): number => Math.round(elapsed * 1000) / 1000;

const resultOf = (outcome: PingOutcome): EchoResult => {
  switch (outcome.kind) {
    case 'reply': {
      const { from, elapsed, route, ...rest } = outcome;
      return {
        ...rest,
        from: formatAddress(from),
        milliseconds: microseconds(elapsed),
        route: route.map(formatAddress),
      };
    }
    case 'error': {
      const { from, elapsed, ...rest } = outcome;
      return { ...rest, from: formatAddress(from), milliseconds: microseconds(elapsed) };
    }
    case 'unsent':
      return outcome.why === 'host-unreachable' ? { ...outcome, from: formatAddress(outcome.from) } : outcome;
    default:
      return outcome;
  }
};
