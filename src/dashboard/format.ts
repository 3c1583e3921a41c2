import type { LinkRow } from '../observe/shown.js';

/** A rate as a person reads it: `0`, `940 kb/s`, `1.25 Mb/s`. */
export const bitRate = (bitsPerSecond: number): string => `${scaled(bitsPerSecond, ['', 'k', 'M', 'G'])}b/s`;

/** A count of datagrams a second: `0`, `0.4`, `12`, `1.2 k`. */
export const rate = (perSecond: number): string => scaled(perSecond, ['', 'k', 'M', 'G']).trim();

const scaled = (value: number, units: readonly string[]): string => {
  let [left, unit] = [value, 0];
  while (left >= 999.5 && unit < units.length - 1) [left, unit] = [left / 1000, unit + 1];
  // What rounds to the next power of ten has one digit less: `10`, and not `10.0`.
  const digits =
    left === 0
      ? 0
      : left < (unit === 0 ? 9.95 : 9.995)
        ? unit === 0
          ? 1
          : 2
        : left < 99.95 && unit > 0
          ? 1
          : 0;
  return `${left.toFixed(digits)} ${units[unit]}`;
};

/** Digits in groups of three, with a thin blank between them. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, '\u2009');

/** A length of time in its two largest units: `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export const span = (seconds: number): string => {
  if (seconds < 1) return `${Number((seconds * 1000).toFixed(2))} ms`;
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
};

/** A share of the whole: `0.5%`. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(4))}%`;

/** The time of day, as this machine's clock shows it, of an RFC 3339 time or of milliseconds since 1970. */
export const clock = (time: string | number): string => {
  const at = new Date(time);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
};

/** How a link is impaired, what matters most first; none where it is not. */
export const impairments = (link: LinkRow): readonly string[] => {
  const {
    delaySeconds,
    jitterSeconds,
    loss,
    burst,
    duplicate,
    reorder,
    corrupt,
    rateBitsPerSecond,
    queueDatagrams,
  } = link;
  const texts: string[] = [];
  if (delaySeconds !== null || jitterSeconds !== null)
    texts.push(
      `delay ${span(delaySeconds ?? 0)}${jitterSeconds === null ? '' : ` ± ${span(jitterSeconds)}`}`,
    );
  if (loss !== null) texts.push(`loss ${percent(loss)}${(burst ?? 1) > 1 ? ` in bursts of ${burst}` : ''}`);
  if (rateBitsPerSecond !== null)
    texts.push(`rate ${bitRate(rateBitsPerSecond).replace(/\.0+(?= )|(\.\d*[1-9])0+(?= )/, '$1')}`);
  if (queueDatagrams !== null) texts.push(`queue ${queueDatagrams}`);
  if (duplicate !== null) texts.push(`duplicate ${percent(duplicate)}`);
  if (reorder !== null) texts.push(`reorder ${percent(reorder)}`);
  if (corrupt !== null) texts.push(`corrupt ${percent(corrupt)}`);
  return texts;
};
