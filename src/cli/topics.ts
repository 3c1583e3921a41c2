import { DROP_REASONS } from '../drop-reason.js';
import { REFUSALS } from '../igmp/refusal.js';
import { nearest } from '../text/nearest.js';
import { PROBLEM_CODES } from './problem-codes.js';

/** A word that the program prints, and what it means. */
interface Meaning {
  readonly code: string;
  readonly text: string;
}

/** What an error code, a drop reason or an IGMP refusal means; undefined for any other word. */
export const meaningOf = (topic: string): Meaning | undefined => {
  const code = topic.toUpperCase();
  const problem = Object.entries(PROBLEM_CODES).find(([each]) => each === code);
  if (problem !== undefined) return { code, text: problem[1] };
  const reason = topic.toLowerCase();
  const drop = Object.entries(DROP_REASONS).find(([each]) => each === reason);
  if (drop !== undefined) return { code: reason, text: `a datagram is dropped for this reason: ${drop[1]}` };
  const refusal = Object.entries(REFUSALS).find(([each]) => each === reason);
  if (refusal === undefined) return undefined;
  const [asDropped, fact] = refusal[1];
  return {
    code: reason,
    text: `an IGMP message, or part of it, is refused: ${fact}. If all of it is, it is dropped as ${asDropped}.`,
  };
};

/** Each once: some refusals share their name with a drop reason. */
export const TOPICS: readonly string[] = [
  ...new Set([
    ...Object.keys(PROBLEM_CODES),
    ...Object.keys(DROP_REASONS),
    ...Object.keys(REFUSALS),
    'presets',
  ]),
];

/** The nearest topic, or the kinds of topic there are. */
export const mendOf = (topic: string): string => {
  const meant = nearest(topic, TOPICS) ?? nearest(topic.toUpperCase(), TOPICS);
  return meant === undefined
    ? 'give an error code (E-KEY), a drop reason (no-route), an IGMP refusal (denied), presets or a command (up)'
    : `did you mean ${meant}?`;
};
