import type { Configuration } from '../config/configuration.js';
import type { HostChange } from '../host/plan.js';
import type { InstanceState } from '../host/state-file.js';
import { printable } from '../text/printable.js';
import { type AddCommand, examples } from './command.js';
import { fileFlag } from './flag-values.js';

/** One line of a plan. */
interface Planned {
  /** Of the host; undefined for what changes inside the lab. */
  readonly change: HostChange | undefined;
  /** What is done: it is made, or taken back; inside the lab: changed. */
  readonly action: 'make' | 'remove' | 'change';
  readonly text: string;
  /** The same as a command; undefined where nothing is to be done by hand. */
  readonly command: string | undefined;
}

export const addPlan: AddCommand = (program, invoke) => {
  program
    .command('plan')
    .description(
      'print the host changes that `up` or `reload` would make, and what `reload` would change in the lab',
    )
    .argument('[file]', 'configuration file, or - for stdin (default: tunpike.yaml, then lab.yaml)', fileFlag)
    .option('--commands', 'print them as `ip …` commands')
    .addHelpText(
      'after',
      examples(
        ['tunpike plan lab.yaml', 'what would change on this machine; of a running lab, what is different'],
        ['tunpike plan lab.yaml --commands', 'the same as commands, to run by hand'],
      ),
    )
    .action((file: string | undefined, { commands }: { readonly commands?: true }) =>
      invoke(async (terminal) => {
        const { acceptedConfiguration, readConfigurationFile } = await import('./configuration-file.js');
        const read = await acceptedConfiguration(await readConfigurationFile(file, terminal), terminal);
        if (read === undefined) return 3;
        const configuration = { ...read, name: terminal.flags.name ?? read.name };
        const { isAlive, readState } = await import('../host/state-file.js');
        const previous = readState(configuration.name);
        const isRunning = previous !== undefined && isAlive(previous);
        const plan = isRunning
          ? await planReload(configuration, previous)
          : await planStart(configuration, previous);
        if (terminal.isJson) {
          terminal.printJson(
            plan.map(({ change, action, text, command }) => ({
              kind: change?.kind ?? 'config',
              action,
              namespace: change?.namespace ?? null,
              change: text,
              command: command ?? null,
            })),
          );
          return 0;
        }
        for (const { text, command } of plan) {
          const line = commands ? command : text;
          if (line !== undefined) terminal.print(printable(line));
        }
        if (plan.length === 0)
          terminal.hint(
            isRunning
              ? `nothing to change: ${configuration.name} runs and has all of it`
              : 'nothing to change',
          );
        return 0;
      }),
    );
};

/** What `up` would do. */
const planStart = async (
  configuration: Configuration,
  previous: InstanceState | undefined,
): Promise<readonly Planned[]> => {
  const { planHost, formatChange, commandOf } = await import('../host/plan.js');
  const { surveyHost, remainingChanges } = await import('../host/conflicts.js');
  const wanted = planHost(configuration);
  return remainingChanges(wanted, await surveyHost(wanted, previous), previous).map((change) => ({
    change,
    action: 'make',
    text: formatChange(change),
    command: commandOf(change),
  }));
};

/** What `reload` would do: the difference between the file that runs and this one. */
const planReload = async (
  configuration: Configuration,
  running: InstanceState,
): Promise<readonly Planned[]> => {
  const { callInstance } = await import('../control/client.js');
  const { planHost, formatChange, commandOf } = await import('../host/plan.js');
  const { planDifference, formatKept, formatRemoval, removalCommand } = await import(
    '../host/plan-difference.js'
  );
  const { summaryDifference, summaryOf } = await import('../config/difference.js');
  const from = (await callInstance(running, 'hostPlan', {})) as readonly HostChange[];
  const last = await callInstance(running, 'lastFile', {});
  const { displaced, made, kept, removed } = planDifference(from, planHost(configuration));
  const isOurs = (change: HostChange): boolean =>
    change.kind !== 'namespace' ||
    running.objects.some(
      (each) => each.kind === 'namespace' && each.name === change.namespace && each.created,
    );
  const removal = (change: HostChange): Planned => ({
    change,
    action: 'remove',
    text: formatRemoval(change),
    command: removalCommand(change),
  });
  return [
    ...displaced.map(removal),
    ...made.map(
      (change): Planned => ({
        change,
        action: 'make',
        text: formatChange(change),
        command: commandOf(change),
      }),
    ),
    ...kept.map(
      (change): Planned => ({ change, action: 'make', text: formatKept(change), command: undefined }),
    ),
    ...removed.filter(isOurs).map(removal),
    ...summaryDifference(last, summaryOf(configuration)).map(
      (text): Planned => ({ change: undefined, action: 'change', text, command: undefined }),
    ),
  ];
};
