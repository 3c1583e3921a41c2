import { printableLines } from '../text/printable.js';

/** The command that was misused. */
export interface Misused {
  /** As it is typed: `tunpike igmp leave`. */
  readonly path: string;
  /** What it takes after its options: `INTERFACE GROUP`. */
  readonly takes: string;
}

/** Rewrites a usage error of commander as `error: what`, then `fix: how`. */
export const usageError = (text: string, misused: Misused): string => {
  const [what = '', ...rest] = printableLines(text).trimEnd().split('\n');
  return faultOfValue(what) ?? `${what}\nfix: ${fixOf(what, rest.join(' '), misused)}\n`;
};

/** How commander tells of a value that its parser refused, with the parser's own words at the end. */
const REFUSED_VALUE =
  /^error: (?:option '(?<flags>[^']*)' argument|command-argument value) '(?<value>.*)' is invalid(?: for argument '(?<argument>[^']*)')?\. (?<words>.*)$/;

/** A refused value in the form of every other error. The parser's words are `fix`, or `what is wrong; fix`. */
const faultOfValue = (text: string): string | undefined => {
  const { flags, argument = '', value, words = '' } = REFUSED_VALUE.exec(text)?.groups ?? {};
  if (value === undefined) return undefined;
  const place = flags?.match(/-[-\w]+/g)?.at(-1) ?? argument.toUpperCase();
  const [, fault = `\`${value}\` is not valid`, fix = ''] = /^(?:(.+?); )?(.*)$/.exec(words) ?? [];
  return `error: ${place}: ${fault}\nfix: ${fix.replace(/^Allowed choices are (.*)\.$/, 'one of $1')}\n`;
};

const fixOf = (what: string, more: string, { path, takes }: Misused): string => {
  const suggestion = /^\(Did you mean (.*)\?\)$/.exec(more)?.[1];
  const subject = SUBJECTS.get(path.split(' ').at(-1)!);
  if (subject !== undefined && ASKS_TO_SHOW.test(what)) return `tunpike show ${subject}`;
  if (suggestion !== undefined) return `did you mean ${suggestion}?`;
  const help = `see \`${path} --help\``;
  return what.startsWith('error: missing required argument') ? `${path} ${takes}   (${help})` : help;
};

/** What other programs call what `tunpike show` does, as `ip route list`. */
const ASKS_TO_SHOW = /^error: unknown command '(?:show|list|ls)'/;

/** What `show` calls the things that a command changes. */
const SUBJECTS: ReadonlyMap<string, string> = new Map([
  ['route', 'routes'],
  ['link', 'links'],
  ['filter', 'filters'],
  ['icmp', 'icmp'],
  ['igmp', 'igmp'],
]);
