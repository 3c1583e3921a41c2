import { execFile } from 'node:child_process';
import type { Scenario, Step } from './demo-scenario.js';
import { packageOf } from './packages.js';
import type { Colors } from './terminal.js';

/** Where the steps of a story take place, and where it is told. */
export interface Stage {
  /** The network namespace of a host. */
  namespaceOf(host: string): string;
  say(line: string): void;
  readonly colors: Colors;
  /** Ends what runs when the lab is told to stop. */
  readonly signal: AbortSignal;
}

export type StepResult = 'as expected' | 'otherwise' | 'not installed' | 'interrupted';

/** Longest time for one step, in milliseconds. */
const PATIENCE = 8000;

/** Plays every step with real programs, tells what came out, and says how each ended. */
export const tell = async (scenario: Scenario, stage: Stage): Promise<StepResult[]> => {
  const results: StepResult[] = [];
  for (const [index, step] of scenario.steps.entries()) {
    if (stage.signal.aborted) break;
    const { colors } = stage;
    stage.say('');
    stage.say(colors.bold(`${index + 1}. ${step.does}`));
    stage.say(`   ${colors.cyan(`${step.host}$`)} ${step.command.map(quoted).join(' ')}`);
    results.push(await play(step, stage));
  }
  return results;
};

const play = async (step: Step, stage: Stage): Promise<StepResult> => {
  const { colors } = stage;
  const output = await outputOf(step, stage);
  if (stage.signal.aborted) {
    stage.say(`   ${colors.yellow('interrupted')}`);
    return 'interrupted';
  }
  if (output === undefined) {
    const program = step.command[0] ?? '';
    stage.say(
      `   ${colors.yellow('left out')}: ${program} is not installed (apt-get install ${packageOf(program)})`,
    );
    return 'not installed';
  }
  const lines = output.split('\n').filter((line) => line.trim() !== '' && step.hides?.test(line) !== true);
  for (const line of lines) stage.say(`   ${colors.dim('│')} ${line}`);
  if (lines.length === 0) stage.say(`   ${colors.dim('│ (nothing)')}`);
  if (step.expects.every((pattern) => pattern.test(output))) {
    stage.say(`   ${colors.green('✓')} ${step.means}`);
    return 'as expected';
  }
  const missing = step.expects.filter((pattern) => !pattern.test(output)).map((pattern) => pattern.source);
  stage.say(`   ${colors.red('✗')} Expected, and not seen: ${missing.join(' and ')}`);
  return 'otherwise';
};

/** Everything that it printed; undefined where the program is not there. */
const outputOf = (step: Step, stage: Stage): Promise<string | undefined> => {
  const [program = '', ...args] = step.command;
  return new Promise((resolve) => {
    const argv = ['netns', 'exec', stage.namespaceOf(step.host), 'env', 'LC_ALL=C', program, ...args];
    const settings = { timeout: PATIENCE, signal: stage.signal };
    execFile('ip', argv, settings, (error, stdout, stderr) => {
      // `env` says 127 where it does not find the program.
      if (error?.code === 127) resolve(undefined);
      else resolve(`${stdout}${stderr}`);
    });
  });
};

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
