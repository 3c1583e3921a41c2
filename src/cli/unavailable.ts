import { Failure } from '../failure.js';
import type { AddCommand } from './command.js';

/** Commands of a later version: refused by name, and listed in no help. */
export const UNAVAILABLE: readonly string[] = ['capture'];

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

/** Refuses something planned as a usage error. */
export const refuse = (what: string): never => {
  throw new Failure(
    2,
    `${what} is not available yet in this version`,
    '`tunpike --help` lists the commands there are',
  );
};
