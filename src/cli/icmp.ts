import { ICMP_SET } from '../change/icmp.js';
import { addChange } from './change.js';
import { type AddCommand, examples } from './command.js';

export const addIcmp: AddCommand = (program, invoke) => {
  const icmp = program
    .command('icmp')
    .description('change what a router sends by ICMP')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(['tunpike icmp set --frag-needed false -r r2', 'make r2 an MTU black hole']),
    );
  addChange(icmp, ICMP_SET, invoke);
};
