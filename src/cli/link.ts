import { LINK_DOWN, LINK_RESET, LINK_SET, LINK_UP } from '../change/link.js';
import { addChange } from './change.js';
import { type AddCommand, examples } from './command.js';

export const addLink: AddCommand = (program, invoke) => {
  const link = program
    .command('link')
    .description('impair, cut and mend the links of a running lab')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        ['tunpike link set core --loss 100% --for 2s', 'lose everything for two seconds'],
        ['tunpike link reset core', 'as the file says again'],
        ['tunpike link down core', 'cut it'],
      ),
    );
  for (const grammar of [LINK_SET, LINK_RESET, LINK_DOWN, LINK_UP]) addChange(link, grammar, invoke);
};
