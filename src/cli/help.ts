import { DROP_REASONS } from '../drop-reason.js';
import { Failure } from '../failure.js';
import { REFUSALS } from '../igmp/refusal.js';
import { nearest } from '../text/nearest.js';
import { type AddCommand, examples } from './command.js';
import { PROBLEM_CODES } from './problem-codes.js';

export const addHelp: AddCommand = (program, invoke) => {
  program
    .command('help')
    .description('explains an error code, a drop reason, what IGMP refuses, or a command')
    .argument('[topic]', 'for example E-HOSTBITS, would-fragment or up')
    .addHelpText(
      'after',
      examples(
        ['tunpike help E-HOSTBITS', 'what the code of a configuration error means'],
        ['tunpike help would-fragment', 'what a drop reason means'],
      ),
    )
    .action((topic: string | undefined) =>
      invoke((terminal) => {
        if (topic === undefined) {
          program.outputHelp();
          return 0;
        }
        const command = program.commands.find((each) => each.name() === topic);
        if (
          command?.helpInformation !== undefined &&
          isListed(program.createHelp().visibleCommands(program), command)
        ) {
          command.outputHelp();
          return 0;
        }
        const meaning = meaningOf(topic);
        if (meaning === undefined) {
          throw new Failure(2, `nothing is known about '${topic}'`, mendOf(topic));
        }
        if (terminal.isJson) terminal.printJson({ code: meaning.code, meaning: meaning.text });
        else terminal.print(`${terminal.colors.bold(meaning.code)}: ${meaning.text}`);
        return 0;
      }),
    );
};

const isListed = <Each>(listed: readonly Each[], each: Each): boolean => listed.includes(each);

const meaningOf = (topic: string): { readonly code: string; readonly text: string } | undefined => {
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

const mendOf = (topic: string): string => {
  const meant = nearest(topic, TOPICS) ?? nearest(topic.toUpperCase(), TOPICS);
  return meant === undefined
    ? 'give an error code (E-KEY), a drop reason (no-route), what IGMP refuses (denied) or a command (up)'
    : `did you mean ${meant}?`;
};
