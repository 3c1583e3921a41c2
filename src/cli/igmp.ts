import { IGMP_LEAVE, IGMP_QUERY } from '../change/igmp.js';
import { addChange } from './change.js';
import { type AddCommand, examples } from './command.js';

export const addIgmp: AddCommand = (program, invoke) => {
  const igmp = program
    .command('igmp')
    .description('send an IGMP query, or remove a membership')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        ['tunpike igmp query r1.red', 'a general query, which every member answers'],
        ['tunpike igmp leave r1.red 239.1.2.3', 'stop the stream until a host reports the group again'],
      ),
    );
  addChange(igmp, IGMP_QUERY, invoke);
  addChange(igmp, IGMP_LEAVE, invoke);
};
