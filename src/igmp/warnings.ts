import type { Address } from '../address.js';
import { after, type Instant, seconds } from '../time.js';
import type { Refusal } from './refusal.js';

/** Something that an operator should know. Source: RFC 9776 §7.3.1. */
export type IgmpWarning = Refusal | QuerierWarning;

/** Another router queries in another version, or would be the querier if we were not told to go on. */
export type QuerierWarning = 'version-differs' | 'stronger-querier';

/** `group` is the one that it is about, where it is about one. */
export type Warn = (warning: IgmpWarning, from: Address, now: Instant, group?: Address) => void;

const INTERVAL = seconds(60);

/** Lets each warning through at most once a minute. */
export const atMostOnceAMinute = (warn: Warn): Warn => {
  const warnedAt = new Map<IgmpWarning, Instant>();
  return (warning, from, now, group) => {
    const before = warnedAt.get(warning);
    if (before !== undefined && after(before, INTERVAL) > now) return;
    warnedAt.set(warning, now);
    warn(warning, from, now, group);
  };
};
