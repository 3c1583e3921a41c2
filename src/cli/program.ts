import { Command, Option } from 'commander';
import { version } from '../version.js';
import { addCheck } from './check.js';
import type { AddCommand, Invoke } from './command.js';
import { addCompletion } from './completion.js';
import { addDemo } from './demo/demo.js';
import { addDoctor } from './doctor.js';
import { addDown } from './down.js';
import { addExec } from './exec.js';
import { addHelp } from './help.js';
import { addIgmp } from './igmp.js';
import { addInit } from './init.js';
import { instanceName } from './instance-name.js';
import type { Io } from './io.js';
import { addMcast } from './mcast.js';
import { addMonitor } from './monitor.js';
import { addPing } from './ping.js';
import { addPlan } from './plan.js';
import { usageError } from './report.js';
import { addSchema } from './schema.js';
import { addShow } from './show.js';
import { addSystemd } from './systemd.js';
import { addUnavailable } from './unavailable.js';
import { addUp } from './up.js';

/** In the order of `tunpike --help`. */
const COMMANDS: readonly AddCommand[] = [
  addDemo,
  addUp,
  addDown,
  addCheck,
  addPlan,
  addExec,
  addShow,
  addMonitor,
  addPing,
  addMcast,
  addIgmp,
  addDoctor,
  addInit,
  addSchema,
  addSystemd,
  addCompletion,
  addHelp,
  addUnavailable,
];

/** The whole command line, ready to parse. */
export const buildProgram = (io: Io, invoke: Invoke): Command => {
  const program = new Command('tunpike')
    .description(
      'A userspace IPv4 router for Linux: real packets on TUN devices, honest ICMP, real multicast.',
    )
    .option('-n, --name <instance>', 'the running lab that is meant (default: the only one)', instanceName)
    .option('-j, --json', 'print JSON')
    .addOption(new Option('--color <when>', 'color what is printed').choices(['auto', 'always', 'never']))
    .option(
      '-v, --verbose',
      'log more; twice: even more',
      (_: string, before: number | undefined) => (before ?? 0) + 1,
    )
    .option('-q, --quiet', 'print errors only, besides the answer')
    .option('--debug', 'print stack traces')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ sortSubcommands: false, subcommandTerm: termOf })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      'after',
      '\nStart with `tunpike demo`: no configuration needed. `tunpike COMMAND --help` has examples.\n' +
        'Exit codes: 0 done, 1 the answer is no, 2 usage, 3 configuration invalid, 4 missing privilege,\n' +
        '5 no such instance, 6 host conflict, 7 not applied, 8 timed out, 9 clean-up incomplete, 70 internal error.',
    );
  for (const add of COMMANDS) add(program, invoke);
  explainUsage(program, []);
  return program;
};

/** Has each command name its own help where it is used wrongly. */
const explainUsage = (command: Command, path: readonly string[]): void => {
  const words = [...path, command.name()];
  command.configureOutput({ outputError: (text, write) => write(usageError(text, words.join(' '))) });
  for (const each of command.commands) explainUsage(each, words);
};

/** A command in the list of commands: its name and arguments; its options stand in its own help. */
const termOf = (command: Command): string => {
  const args = command.registeredArguments.map((argument) => {
    const name = argument.name().toUpperCase() + (argument.variadic ? '…' : '');
    return argument.required ? name : `[${name}]`;
  });
  return [command.name(), ...args].join(' ');
};
