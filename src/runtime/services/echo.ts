import { formatAddress } from '../../address.js';
import type { EchoParams, EchoResult } from '../../control/echo.js';
import { Failure } from '../../failure.js';
import type { PingOutcome } from '../../icmp/ping.js';
import type { LabLoop } from '../../lab/loop.js';
import type { Router } from '../../router/router.js';
import { parseAddress } from '../../text/addresses.js';
import { accepted } from '../../text/fault.js';
import { milliseconds } from '../../time.js';

/** Has a router of a running lab send an echo request, and waits for its fate. */
export const sendEcho = async (loop: LabLoop, params: EchoParams): Promise<EchoResult> => {
  const { router, destination, timeoutMs, ...rest } = params;
  const address = accepted(parseAddress(destination));
  const request = { ...rest, destination: address, timeout: milliseconds(timeoutMs) };
  return resultOf(await loop.ping(routerNamed(loop, router), request));
};

const routerNamed = (loop: LabLoop, name: string | undefined): Router => {
  const { routers } = loop.lab;
  const [only] = routers.values();
  const found = name === undefined && routers.size === 1 ? only : routers.get(name ?? '');
  if (found !== undefined) return found;
  const names = [...routers.keys()].join(' ') || 'none';
  throw name === undefined
    ? new Failure(2, 'which router is to send is not clear', `choose one with --from: ${names}`)
    : new Failure(2, `the lab has no router '${name}'`, `its routers: ${names}`);
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
