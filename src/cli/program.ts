import { Command, Option } from 'commander';
import { version } from '../version.js';
import type { AddCommand, Invoke } from './command.js';
import { instanceName } from './instance-name.js';
import type { Io } from './io.js';
import { usageError } from './usage-error.js';

/** In the order of `tunpike --help`. The file of a command is loaded only if that command, or all, are needed. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  demo: async () => (await import('./demo/demo.js')).addDemo,
  up: async () => (await import('./up.js')).addUp,
  ls: async () => (await import('./ls.js')).addLs,
  logs: async () => (await import('./logs.js')).addLogs,
  down: async () => (await import('./down.js')).addDown,
  check: async () => (await import('./check.js')).addCheck,
  reload: async () => (await import('./reload.js')).addReload,
  plan: async () => (await import('./plan.js')).addPlan,
  test: async () => (await import('./test/test.js')).addTest,
  exec: async () => (await import('./exec.js')).addExec,
  show: async () => (await import('./show.js')).addShow,
  explain: async () => (await import('./explain.js')).addExplain,
  trace: async () => (await import('./trace.js')).addTrace,
  monitor: async () => (await import('./monitor.js')).addMonitor,
  top: async () => (await import('./top.js')).addTop,
  ping: async () => (await import('./ping.js')).addPing,
  traceroute: async () => (await import('./traceroute.js')).addTraceroute,
  mtu: async () => (await import('./mtu.js')).addMtu,
  mcast: async () => (await import('./mcast.js')).addMcast,
  route: async () => (await import('./route.js')).addRoute,
  icmp: async () => (await import('./icmp.js')).addIcmp,
  link: async () => (await import('./link.js')).addLink,
  filter: async () => (await import('./filter.js')).addFilter,
  igmp: async () => (await import('./igmp.js')).addIgmp,
  doctor: async () => (await import('./doctor.js')).addDoctor,
  init: async () => (await import('./init.js')).addInit,
  schema: async () => (await import('./schema.js')).addSchema,
  systemd: async () => (await import('./systemd.js')).addSystemd,
  completion: async () => (await import('./completion/completion.js')).addCompletion,
  help: async () => (await import('./help.js')).addHelp,
  complete: async () => (await import('./completion/complete.js')).addComplete,
};

/** Commands that need the definition of every other command. */
const NEEDS_ALL: ReadonlySet<string> = new Set(['complete', 'help']);

/** The command line, ready to parse: with the one command `meant`, or with all of them. */
export const buildProgram = async (io: Io, invoke: Invoke, meant?: string): Promise<Command> => {
  const program = bareProgram(io);
  for (const add of await commandsFor(meant)) add(program, invoke);
  explainUsage(program, []);
  return program;
};

/**
 * The word of a command line that names its command.
 *
 * Throws as parsing does: on a misused global flag, and on `--version`.
 */
export const meantCommand = (io: Io, argv: readonly string[]): string | undefined => {
  const program = bareProgram(io);
  explainUsage(program, []);
  return program.parseOptions([...argv]).operands[0];
};

const commandsFor = async (meant: string | undefined): Promise<readonly AddCommand[]> => {
  if (meant !== undefined && Object.hasOwn(COMMANDS, meant) && !NEEDS_ALL.has(meant))
    return [await COMMANDS[meant]!()];
  const { addUnavailable } = await import('./unavailable.js');
  return [...(await Promise.all(Object.values(COMMANDS).map((load) => load()))), addUnavailable];
};

/** The program without its commands. */
const bareProgram = (io: Io): Command =>
  new Command('tunpike')
    .description(
      'A userspace IPv4 router for Linux: real packets on TUN devices, honest ICMP, real multicast.',
    )
    .option(
      '-n, --name <instance>',
      'the running lab to use (default: $TUNPIKE_NAME, or the only one)',
      instanceName,
    )
    .option('-j, --json', 'print JSON')
    .addOption(
      new Option('--color <when>', 'color the output (default: auto)').choices(['auto', 'always', 'never']),
    )
    .option(
      '-v, --verbose',
      'log more; twice for even more',
      (_: string, before: number | undefined) => (before ?? 0) + 1,
    )
    .option('-q, --quiet', 'print only the answer and errors')
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
    .addHelpText('afterAll', ({ command }) =>
      command.parent === null ? '' : 'Options of every command (-n, -j, -q, -v, --color): tunpike --help',
    )
    .addHelpText(
      'after',
      '\nStart with `tunpike demo`: no configuration needed. `tunpike COMMAND --help` has examples.\n' +
        'Exit codes: 0 done, 1 the answer is no, 2 usage, 3 configuration invalid, 4 missing privilege,\n' +
        '5 no such instance, 6 host conflict, 7 not applied, 8 timed out, 9 clean-up incomplete, 70 internal error.',
    );

/** Makes usage errors point to the help of the command that was misused. */
const explainUsage = (command: Command, path: readonly string[]): void => {
  const words = [...path, command.name()];
  const misused = { path: words.join(' '), takes: takenBy(command) };
  command.configureOutput({ outputError: (text, write) => write(usageError(text, misused)) });
  for (const each of command.commands) explainUsage(each, words);
};

/** A command in the list of commands: its name and arguments. Its options are in its own help. */
const termOf = (command: Command): string => `${command.name()} ${takenBy(command)}`.trimEnd();

/** The arguments of a command, as its usage names them. */
const takenBy = (command: Command): string =>
  command.registeredArguments
    .map((argument) => {
      const name = argument.name().toUpperCase() + (argument.variadic ? '…' : '');
      return argument.required ? name : `[${name}]`;
    })
    .join(' ');
