import type { ExplainedStep, Explanation } from '../explanation.js';
import type { Colors } from '../text/colors.js';
import { formatTable, type TableStyle } from './table.js';

/** An explanation for a person: a line a step, then the verdict. `width` is that of the terminal, in columns. */
export const formatExplanation = (
  explanation: Explanation,
  colors: Colors,
  width: number | undefined,
): string => `${stepsOf(explanation.steps, { width, colors })}\n${verdictOf(explanation, colors)}`;

const stepsOf = (steps: readonly ExplainedStep[], style: TableStyle): string =>
  formatTable<ExplainedStep>(
    [
      { title: 'at', cell: ({ at }) => at },
      { title: 'what', cell: ({ what }) => what },
      { title: 'detail', cell: ({ detail }) => detail },
      { title: 'rule', cell: ({ source }) => source, tone: () => 'dim' },
    ],
    steps,
    style,
  );

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
