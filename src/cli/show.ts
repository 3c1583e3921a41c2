import { Failure } from '../failure.js';
import { isShowWhat, SHOWN } from '../observe/shown.js';
import { type AddCommand, examples } from './command.js';
import { refuse } from './unavailable.js';

/** Planned subjects, refused by name. */
const LATER: ReadonlySet<string> = new Set(['links', 'filters', 'captures', 'topology']);

export const addShow: AddCommand = (program, invoke) => {
  program
    .command('show')
    .description('print the state of a running lab')
    .argument('<what>', Object.keys(SHOWN).join(' '))
    .addHelpText('after', `\nWHAT is one of:\n${list()}`)
    .addHelpText(
      'after',
      examples(
        ['tunpike show drops', 'dropped datagrams, and why'],
        ['tunpike show routes -j -n lab', 'the routes of the lab named lab, as JSON'],
      ),
    )
    .action((what: string) =>
      invoke(async (terminal) => {
        if (LATER.has(what)) refuse(`\`tunpike show ${what}\``);
        if (!isShowWhat(what)) {
          throw new Failure(2, `unknown subject '${what}'`, `one of ${Object.keys(SHOWN).join(' ')}`);
        }
        const [{ callInstance }, { instanceNamed }, { formatShown }] = await Promise.all([
          import('../control/client.js'),
          import('./instance.js'),
          terminal.isJson ? { formatShown: undefined } : import('./show-format.js'),
        ]);
        const shown = await callInstance(await instanceNamed(terminal.flags.name), 'show', { what });
        if (formatShown === undefined) terminal.printJson(shown);
        else terminal.print(formatShown(what, shown));
        return 0;
      }),
    );
};

const list = (): string =>
  Object.entries(SHOWN)
    .map(([what, meaning]) => `  ${what.padEnd(12)}${meaning}`)
    .join('\n');
