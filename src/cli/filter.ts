import { FILTER_ADD, FILTER_DEL } from '../change/filter.js';
import { addChange } from './change.js';
import { type AddCommand, examples } from './command.js';
import { show } from './show.js';

export const addFilter: AddCommand = (program, invoke) => {
  const filter = program
    .command('filter')
    .description('add, remove and list the filters of a router')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        [
          'tunpike filter add --in r1.red --protocol tcp --destination-port 23 --action reject',
          'no telnet from red',
        ],
        ['tunpike filter list', 'what filters there are, and what they decided about'],
        ['tunpike filter del no-telnet', 'remove one'],
      ),
    );
  addChange(filter, FILTER_ADD, invoke);
  addChange(filter, FILTER_DEL, invoke);
  filter
    .command('list')
    .description('print the filters, in the order in which they are asked: the same as `show filters`')
    .option('-r, --router <router>', 'the filters of this router only')
    .action((flags: { readonly router?: string }) =>
      invoke((terminal) => show(terminal, 'filters', undefined, flags)),
    );
};
