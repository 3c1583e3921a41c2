import { execFile, spawn } from 'node:child_process';
import type { Colors } from '../../text/colors.js';
import { packageOf } from '../packages.js';
import { type Companion, type DemoStep, NO_OUTPUT, type Scenario } from './scenario.js';

/** Where the steps of a story run, and where it is told. */
export interface Stage {
  /** The name of the running lab. */
  readonly instance: string;
  /** The network namespace of a host. */
  namespaceOf(host: string): string;
  /** Resolves when the programs that serve the story can be used. */
  serversReady(): Promise<void>;
  say(line: string): void;
  readonly colors: Colors;
  /** Aborted when the lab is told to stop. */
  readonly signal: AbortSignal;
}

export type StepResult = 'as expected' | 'otherwise' | 'not installed' | 'interrupted';

/** The longest time for one step, in milliseconds. */
const PATIENCE = 8000;
/** From a join until the router knows it, in milliseconds. */
const REPORT_TIME = 200;
/** What `tunpike mcast recv` prints. */
const JOINED = /joined /;

/** Runs every step with real programs, prints what came out, and returns how each ended. */
export const tell = async (scenario: Scenario, stage: Stage): Promise<StepResult[]> => {
  const results: StepResult[] = [];
  for (const [index, step] of scenario.steps.entries()) {
    if (stage.signal.aborted) break;
    const { colors } = stage;
    await stage.serversReady();
    stage.say('');
    stage.say(colors.bold(`${index + 1}. ${step.does}`));
    results.push(await play(step, stage));
  }
  return results;
};

const play = async (step: DemoStep, stage: Stage): Promise<StepResult> => {
  const { colors } = stage;
  const companions = (step.meanwhile ?? []).map((each) => startCompanion(each, stage));
  await Promise.all(companions.map(({ isReady }) => isReady));
  if (companions.length > 0) await new Promise((resolve) => setTimeout(resolve, REPORT_TIME));
  stage.say(`   ${prompt(step.command, stage, step.host)}`);
  const output = await outputOf(step, stage);
  const heard = await Promise.all(companions.map(({ output: told }) => told));
  if (stage.signal.aborted) {
    stage.say(`   ${colors.yellow('interrupted')}`);
    return 'interrupted';
  }
  const absent = [step, ...(step.meanwhile ?? [])].filter((_, i) => [output, ...heard][i] === undefined);
  if (output === undefined || absent.length > 0) {
    const program = absent[0]?.command[0] ?? '';
    stage.say(
      `   ${colors.yellow('skipped')}: ${program} is not installed (apt-get install ${packageOf(program)})`,
    );
    return 'not installed';
  }
  const others = (step.meanwhile ?? []).map((each, index) => ({ ...each, said: heard[index] ?? '' }));
  const missing = [
    ...missingIn(output, step.expects),
    ...others.flatMap(({ expects, said }) => missingIn(said, expects)),
  ];
  // Where something is missing, what is hidden otherwise may say why.
  const hidden = (pattern: RegExp | undefined): RegExp | undefined =>
    missing.length === 0 ? pattern : undefined;
  if (output !== '' || !step.expects.includes(NO_OUTPUT)) sayLines(output, stage, hidden(step.hides));
  for (const { command, host, hides, said } of others) {
    stage.say(`   ${prompt(command, stage, host)} ${colors.dim('# started before')}`);
    sayLines(said, stage, hidden(hides));
  }
  if (missing.length === 0) {
    stage.say(`   ${colors.green('✓')} ${step.means}`);
    return 'as expected';
  }
  stage.say(`   ${colors.red('✗')} Expected, but not seen: ${missing.join(' and ')}`);
  return 'otherwise';
};

const prompt = (command: readonly string[], { colors }: Stage, host = ''): string =>
  `${colors.cyan(`${host}$`)} ${command.map(quoted).join(' ')}`;

const sayLines = (output: string, { say, colors }: Stage, hides?: RegExp): void => {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && hides?.test(line) !== true);
  for (const line of lines) say(`   ${colors.dim('│')} ${line}`);
  if (lines.length === 0) say(`   ${colors.dim('│ (nothing)')}`);
};

const missingIn = (output: string, expects: readonly RegExp[]): string[] =>
  expects.filter((pattern) => !pattern.test(output)).map((pattern) => pattern.source);

/** How `env` exits if it does not find the program. */
const NOT_FOUND = 127;

/** Everything that it printed; undefined if the program is not installed. */
const outputOf = (step: DemoStep, stage: Stage): Promise<string | undefined> => {
  const [file = '', ...argv] = argvOf(step, stage);
  return new Promise((resolve) => {
    execFile(file, argv, { timeout: PATIENCE, signal: stage.signal }, (error, stdout, stderr) => {
      resolve(error?.code === NOT_FOUND ? undefined : `${stdout}${stderr}`);
    });
  });
};

const argvOf = (
  { host, command }: { readonly host?: string; readonly command: readonly string[] },
  stage: Stage,
): string[] => {
  const [program = '', ...args] = command;
  if (host !== undefined)
    return ['ip', 'netns', 'exec', stage.namespaceOf(host), 'env', 'LC_ALL=C', program, ...args];
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', '-n', stage.instance, ...args];
};

interface Started {
  /** Resolves when it is ready, or has ended. */
  readonly isReady: Promise<void>;
  /** Everything that it printed until its end; undefined if the program is not installed. */
  readonly output: Promise<string | undefined>;
}

const startCompanion = (companion: Companion, stage: Stage): Started => {
  const [file = '', ...argv] = argvOf(companion, stage);
  const { ready = JOINED } = companion;
  const child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE * 2 });
  // SIGTERM lets the program end its child; SIGKILL would leave the child behind.
  const end = (): void => void child.kill('SIGTERM');
  stage.signal.addEventListener('abort', end);
  let said = '';
  let tellReady = (): void => {};
  const isReady = new Promise<void>((resolve) => {
    tellReady = resolve;
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
      if (ready.test(said)) tellReady();
    });
  const output = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === NOT_FOUND ? undefined : said));
  }).finally(() => {
    stage.signal.removeEventListener('abort', end);
    tellReady();
  });
  return { isReady, output };
};

/** A word as a shell reads it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
