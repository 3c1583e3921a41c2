import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Configuration } from '../../config/configuration.js';
import { Failure } from '../../failure.js';
import { ENDING } from '../../host/stopping-signals.js';
import type { RunningLab } from '../../runtime/running-lab.js';
import { type AddCommand, examples } from '../command.js';
import { TCPDUMP_HINT } from '../exec.js';
import { NAME_VARIABLE } from '../instance.js';
import { atLab } from '../lab-io.js';
import { onOutputFailure } from '../output-failure.js';
import { logLevel, type Terminal } from '../terminal.js';
import type { Scenario } from './scenario.js';
import type { Servers } from './servers.js';
import { quoted, type Stage } from './story.js';

interface DemoOptions {
  readonly list?: true;
  readonly run?: string;
  /** Set in the process that runs in its own user namespace. */
  readonly rootless?: true;
}

export const addDemo: AddCommand = (program, invoke) => {
  program
    .command('demo')
    .description('run a ready-made lab in private namespaces; needs neither root nor a configuration')
    .argument('[scenario]', 'ping, three-hop, multicast, mtu-blackhole, bad-day or redirect', 'ping')
    .option('--list', 'list the scenarios')
    .option('--run <command>', 'run a command on the first host instead of the story')
    .addOption(new Option('--rootless', 'run in a user namespace, even as root'))
    .addHelpText(
      'after',
      examples(
        ['tunpike demo', 'one router: ping, traceroute, and every “unreachable”'],
        ['tunpike demo three-hop --run "traceroute -n 203.0.113.10"', 'a command of your own'],
        ['tunpike demo multicast', 'a stream, who receives it, and who does not'],
        ['tunpike demo mtu-blackhole', 'why pings work and transfers hang'],
        ['tunpike demo bad-day', 'what programs see of loss, a rate limit and a cut'],
        ['tunpike demo redirect', 'a shell on the first host, at a terminal'],
      ),
    )
    .action((name: string, options: DemoOptions) => invoke((terminal) => demo(terminal, name, options)));
};

const demo = async (terminal: Terminal, name: string, options: DemoOptions): Promise<number> => {
  const { SCENARIOS } = await import('./scenarios.js');
  if (options.list) {
    const list = SCENARIOS.map(({ name: scenario, shows }) => ({ scenario, shows }));
    if (terminal.isJson) terminal.printJson(list);
    else for (const { scenario, shows } of list) terminal.print(`${scenario.padEnd(15)}${shows}`);
    return 0;
  }
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) {
    throw new Failure(
      2,
      `there is no scenario '${name}'`,
      `one of ${SCENARIOS.map((each) => each.name).join(' ')}`,
    );
  }
  if (options.rootless || process.getuid?.() !== 0) {
    const { isInsideRootless, reexecRootless } = await import('../../host/rootless.js');
    if (!isInsideRootless()) return reexecRootless(process.argv.slice(2));
  }
  return atLab(terminal, (own) => play(own, scenario, options));
};

const play = async (terminal: Terminal, scenario: Scenario, options: DemoOptions): Promise<number> => {
  const [{ createLog }, { startLab }, { execIn }, { isInsideRootless, knowsOnlyRoot }, configuration] =
    await Promise.all([
      import('../../observe/log.js'),
      import('../../runtime/running-lab.js'),
      import('../../host/netns-exec.js'),
      import('../../host/rootless.js'),
      configurationOf(scenario),
    ]);
  const color = terminal.errorColors.isColorSupported;
  const log = createLog({
    level: logLevel(terminal.flags, 'error'),
    format: 'auto',
    color,
    bounded: terminal.io.stderr.bounded,
  });
  let endedBy: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    endedBy ??= signal;
  };
  for (const each of ENDING) process.on(each, onSignal);
  const lab = await startLab(configuration, {
    configFile: undefined,
    log,
    rootless: isInsideRootless(),
    handleSignals: true,
  });
  const stopping = new AbortController();
  let isRead = true;
  const ignoreOutput = onOutputFailure(() => {
    isRead = false;
    lab.stop('nobody reads the output');
  }, terminal.io.stdout);
  const stopped = lab.stopped.finally(() => {
    ignoreOutput();
    stopping.abort();
    for (const each of ENDING) process.off(each, onSignal);
  });
  stopped.catch(() => {});
  const namespaceOf = (host: string): string => configuration.hosts.get(host)?.namespace ?? host;
  const first = { namespace: namespaceOf(scenario.hosts[0] ?? ''), rootlessPid: undefined };
  process.env[NAME_VARIABLE] = configuration.name;
  let exitCode: number;
  let servers: Servers | undefined;
  try {
    if (scenario.servers !== undefined) {
      const { startServers } = await import('./servers.js');
      servers = startServers(scenario.servers, namespaceOf);
      await servers.ready();
    }
    if (options.run !== undefined) {
      exitCode = await execIn(first, ['sh', '-c', options.run]);
    } else if (scenario.isAlwaysTold !== true && terminal.io.stdout.isTTY && process.stdin.isTTY) {
      introduce(terminal, scenario);
      if (isInsideRootless() && knowsOnlyRoot()) terminal.hint(`${TCPDUMP_HINT}\n`);
      exitCode = await execIn(first, shellOn(scenario.hosts[0] ?? ''));
    } else {
      exitCode = await tellStory(terminal, scenario, lab, {
        instance: configuration.name,
        namespaceOf,
        serversReady: async () => servers?.ready(),
        signal: stopping.signal,
      });
      // As a program that is run in its place gives it.
      if (stopping.signal.aborted && endedBy !== undefined) exitCode = 128 + constants.signals[endedBy];
    }
  } finally {
    await servers?.stop();
    lab.stop('the demo is over');
    await stopped;
  }
  // Why it is not is told as of every command: `tunpike demo | head` is no failure.
  return isRead ? exitCode : 0;
};

/** The lab, and what to type in it. */
const introduce = ({ print, colors }: Terminal, { picture, hosts, steps }: Scenario): void => {
  print(`\n  ${picture.replaceAll('\n', '\n  ')}\n`);
  print(`This is a shell on ${hosts[0]}; \`exit\` ends the demo. For example:\n`);
  for (const { command, does } of steps)
    print(`  ${colors.bold(command.join(' '))}   ${colors.dim(`# ${does}`)}`);
  print(`  ${colors.bold('tunpike show drops')}   ${colors.dim('# What was dropped, and why.')}\n`);
};

/** A shell whose prompt names its host, whatever the user's own settings say, and in which `tunpike` is this program. */
const shellOn = (host: string): readonly string[] => {
  const program = [process.execPath, ...process.execArgv, resolve(process.argv[1] ?? '')].map(quoted);
  return existsSync('/bin/bash')
    ? [
        ...['env', `PS1=${host}$ `, `BASH_FUNC_tunpike%%=() { ${program.join(' ')} "$@"; }`],
        ...['/bin/bash', '--norc', '--noprofile', '-i'],
      ]
    : ['env', `PS1=${host}$ `, '/bin/sh', '-i'];
};

const tellStory = async (
  terminal: Terminal,
  scenario: Scenario,
  lab: RunningLab,
  place: Omit<Stage, 'say' | 'colors'>,
): Promise<number> => {
  const { tell } = await import('./story.js');
  const { formatShown } = await import('../show-format.js');
  const say = terminal.isJson ? (): void => {} : terminal.print;
  say(`A lab in this process. It shows ${scenario.shows}.`);
  say(`\n  ${scenario.picture.replaceAll('\n', '\n  ')}`);
  const results = await tell(scenario, { ...place, say, colors: terminal.colors });
  const isInterrupted = place.signal.aborted;
  const tables = scenario.tables ?? (['icmp', 'drops'] as const);
  const count = (result: string): number => results.filter((each) => each === result).length;
  if (terminal.isJson) {
    terminal.printJson({
      scenario: scenario.name,
      steps: scenario.steps.map(({ does }, index) => ({ does, result: results[index] ?? 'not reached' })),
      ...Object.fromEntries(tables.map((what) => [what, lab.show(what)])),
    });
  } else if (!isInterrupted) {
    for (const what of tables) {
      say(`\n${terminal.colors.bold(`tunpike show ${what}`)}`);
      say(formatShown(what, lab.show(what)));
    }
    const leftOut = count('not installed');
    say(
      `\n${count('as expected')} of ${scenario.steps.length} steps came out as expected${leftOut === 0 ? '' : `, ${leftOut} skipped`}.`,
    );
    if (terminal.io.stderr.isTTY)
      terminal.hint('next: tunpike demo --list, or a lab of your own: tunpike init');
  }
  return isInterrupted || count('otherwise') > 0 ? 1 : 0;
};

/** The lab of a scenario, with a name and namespaces that no other run uses. */
const configurationOf = async (scenario: Scenario): Promise<Configuration> => {
  const { readConfiguration } = await import('../../config/read.js');
  const name = `demo-${process.pid}`;
  const { configuration, problems } = readConfiguration(
    `version: 1\nname: ${name}\n${scenario.lab}`,
    scenario.name,
  );
  if (configuration === undefined) throw new Error(`scenario ${scenario.name}: ${problems[0]?.message}`);
  const hosts = [...configuration.hosts.values()].map((host) => ({
    ...host,
    namespace: `${name}-${host.name}`,
  }));
  return { ...configuration, hosts: new Map(hosts.map((host) => [host.name, host])) };
};
