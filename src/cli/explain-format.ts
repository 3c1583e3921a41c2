import type { ExplainedStep, Explanation } from '../explanation.js';
import type { Colors } from '../text/colors.js';
import { formatTable } from './table.js';

/** Between the columns of a table. */
const GAP = 2;
/** A detail is never narrower than this, however long names are. */
const NARROWEST = 24;

/** An explanation for a person: a line a step, then the verdict. `width` is that of the terminal, in columns. */
export const formatExplanation = (explanation: Explanation, colors: Colors, width = 80): string =>
  `${stepsOf(explanation.steps, width)}\n${verdictOf(explanation, colors)}`;

const stepsOf = (steps: readonly ExplainedStep[], width: number): string => {
  const longest = (text: (step: ExplainedStep) => string): number =>
    Math.max(4, ...steps.map((step) => text(step).length));
  const others = longest(({ at }) => at) + longest(({ what }) => what) + longest(({ source }) => source);
  const room = Math.max(NARROWEST, width - others - 3 * GAP);
  return formatTable<ExplainedStep>(
    [
      { title: 'at', cell: ({ at }) => at },
      { title: 'what', cell: ({ what }) => what },
      { title: 'detail', cell: ({ detail }) => wrapped(detail, room) },
      { title: 'rule', cell: ({ source }) => source },
    ],
    steps,
  );
};

const verdictOf = ({ verdict, reason, icmp, delivered }: Explanation, colors: Colors): string => {
  const names = [delivered ?? []].flat().join(', ');
  if (verdict === 'forwarded') return `${colors.green('forwarded')} to ${names}`;
  if (verdict === 'delivered') return `${colors.green('delivered')} to ${names} itself`;
  const answer =
    icmp === null
      ? 'no ICMP error'
      : `ICMP type ${icmp.type} code ${icmp.code} from ${icmp.from} to ${icmp.to}`;
  return `${colors.red('dropped')}: ${reason}; ${answer}`;
};

/** Lines of at most so many characters, broken between words. */
const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
};
