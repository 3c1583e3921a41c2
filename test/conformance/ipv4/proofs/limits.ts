import { RateLimiter } from '../../../../src/icmp/rate-limit.js';
import { seededRandom } from '../../../../src/random.js';
import { instant, START } from '../../../../src/time.js';
import type { Output } from '../../case.js';
import { configurationOf } from '../../configuration.js';
import type { SettingsChange } from '../../settings-change.js';
import { stillLab, VirtualRouter } from '../../targets/virtual-router.js';

/** The router of a case in memory, its errors limited as usual unless told otherwise. */
export const virtualRouter = (settings: SettingsChange, seed = 1): VirtualRouter =>
  new VirtualRouter(configurationOf({ settings }), { seed });

/** Says what is wrong unless there were at least and at most so many errors. */
export const outside = (count: number, least: number, most: number): string | undefined =>
  count >= least && count <= most ? undefined : `${count} errors instead of ${least} to ${most}`;

/** Says what is wrong where anything but 11/0 on port 0 came out. */
export const strangeError = (outputs: readonly Output[]): string | undefined =>
  outputs.every(({ on, octets }) => on === 0 && octets[20] === 11 && octets[21] === 0)
    ? undefined
    : 'something else than 11/0 came out';

/** How many datagrams come out of port 0 in answer to one. */
export const answersTo = (virtual: VirtualRouter, octets: Uint8Array): number => {
  const host = virtual.host(0);
  host.send(octets);
  return host.take().length;
};

/** How many errors the usual common limit allows to as many destinations at one moment. */
export const allowedAtOnce = (seed: number): number => {
  const limits = { perSecond: 1000, burst: 50, perDestination: { perSecond: 1, burst: 6 } };
  const limiter = new RateLimiter(limits, seededRandom(seed), START);
  return Array.from({ length: 300 }, (_, at) => at + 1).filter((destination) =>
    limiter.allows(destination, START),
  ).length;
};

/** Whether a destination that has had its one error gets another after so many other destinations. */
export const isForgottenAfter = (others: number): boolean => {
  const limits = { perSecond: 1e9, burst: 1e9, perDestination: { perSecond: 0, burst: 1 } };
  const limiter = new RateLimiter(limits, seededRandom(1), START);
  limiter.allows(1, START);
  for (let other = 2; other < others + 2; other += 1) limiter.allows(other, START);
  return limiter.allows(1, instant(1));
};

/** How many datagrams the router makes room for while it takes some. */
export const allocationsIn = (settings: SettingsChange, stimuli: readonly Uint8Array[]): number => {
  let allocations = 0;
  const { receive } = stillLab(
    configurationOf({ settings }),
    () => {},
    (length) => {
      allocations += 1;
      return new Uint8Array(length);
    },
  );
  for (const octets of stimuli) receive(0, octets);
  return allocations;
};
