import type { AddCommand } from './command.js';
import type { ExtcapFlags } from './extcap-flags.js';
import { fileFlag } from './flag-values.js';

export const addExtcap: AddCommand = (program, invoke) => {
  program
    .command('extcap', { hidden: true })
    .description('what Wireshark asks of a program that captures for it')
    .option('--extcap-interfaces', 'list the interfaces of running labs')
    .option('--extcap-interface <interface>', 'the interface that is meant')
    .option('--extcap-dlts', 'say what its frames are')
    .option('--extcap-config', 'say what can be set')
    .option('--extcap-version <version>', 'the version of Wireshark')
    .option('--extcap-capture-filter <filter>', 'taken as --match')
    .option('--capture', 'capture')
    .option('--fifo <fifo>', 'where to write it', fileFlag)
    .option('--only <what>', 'drops, forwarded or local')
    .option('--match <expr>', 'only datagrams that match')
    .option('--snaplen <octets>', 'keep so many octets of each datagram')
    .action((flags: ExtcapFlags) =>
      invoke(async (terminal) => (await import('./extcap-run.js')).runExtcap(terminal, flags)),
    );
};
