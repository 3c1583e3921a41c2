import { Failure } from '../failure.js';
import type { AddCommand } from './command.js';

/** Commands that a later version will have. They are refused by name, and stand in no help. */
const UNAVAILABLE = [
  'reload',
  'explain',
  'trace',
  'capture',
  'top',
  'route',
  'link',
  'filter',
  'icmp',
  'traceroute',
  'mtu',
] as const;

export const addUnavailable: AddCommand = (program, invoke) => {
  for (const name of UNAVAILABLE) {
    program
      .command(name, { hidden: true })
      .argument('[words...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(() => invoke(() => refuse(`\`tunpike ${name}\``)));
  }
};

/** Ends with the exit code for usage: what is asked for is planned, and not there. */
export const refuse = (what: string): never => {
  throw new Failure(2, `${what} is not available yet in this version`, '`tunpike --help` lists what is');
};
