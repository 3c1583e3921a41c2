import { DROP_REASONS } from '../drop-reason.js';
import { REFUSALS } from '../igmp/refusal.js';
import { nearest } from '../text/nearest.js';
import { PROBLEM_CODES } from './problem-codes.js';

/** A word that the program prints, as it is written, and what it means. */
interface Meaning {
  readonly code: string;
  readonly text: string;
}

/** What an error code, a drop reason or a refusal of IGMP means; undefined where it is none of them. */
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
    text: `an IGMP message, or a part of it, is refused: ${fact}. All of it refused, it is dropped for ${asDropped}.`,
  };
};

/** Each of them once, for some refusals are called as the drop reason is. */
const TOPICS: readonly string[] = [
  ...new Set([...Object.keys(PROBLEM_CODES), ...Object.keys(DROP_REASONS), ...Object.keys(REFUSALS)]),
];

/** What somebody probably meant, or could. */
export const mendOf = (topic: string): string => {
  const meant = nearest(topic, TOPICS) ?? nearest(topic.toUpperCase(), TOPICS);
  return meant === undefined
    ? 'give an error code (E-KEY), a drop reason (no-route), what IGMP refuses (denied) or a command (up)'
    : `did you mean ${meant}?`;
};
