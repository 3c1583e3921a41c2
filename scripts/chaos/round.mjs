// One round, in namespaces and a /run of its own, which chaos.mjs makes: node round.mjs SEED SHIM FOLDER [BREAK].
// Prints what happened as a line of JSON; `broken` holds what it must not.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeDecoys, placeFiles } from './decoys.mjs';
import { diceOf } from './dice.mjs';
import { differences, inventory, ip, RUNTIME } from './inventory.mjs';
import { changedLab, randomLab } from './lab.mjs';
import { Meddler } from './meddler.mjs';

const MAIN = join(import.meta.dirname, '../../dist/main.js');
/** How long anything may take. In milliseconds. */
const PATIENCE = 40_000;
/** In which everything happens; a small lab is up after the first third. In milliseconds. */
const SPAN = 1100;

const [seedText, shim, folder, breaks = ''] = process.argv.slice(2);
const seed = Number(seedText);
const dice = diceOf(seed);
const story = [];
const broken = [];
const lab = randomLab(dice, dice.oneOf(['lab', 'h0', 'cx-1']));
const file = join(folder, 'lab.yaml');
const faults = join(folder, 'faults');
writeFileSync(file, lab.text);

const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Waits for something; a program that our own trouble stopped is sent on. */
const until = async (condition, what, program) => {
  const deadline = performance.now() + PATIENCE;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still waiting for ${what}`);
    await later(10);
    if (program !== undefined && isStopped(program.child.pid)) program.child.kill('SIGCONT');
  }
};

/** Starts the program; `trouble` is the seed of what befalls its system calls. */
const start = (words, { trouble, forgets } = {}) => {
  const env = { ...process.env };
  if (trouble !== undefined || forgets !== undefined) env.LD_PRELOAD = shim;
  if (trouble !== undefined)
    Object.assign(env, {
      TROUBLE_SEED: String(trouble),
      TROUBLE_PERMILLE: String(dice.oneOf([15, 60, 250])),
      TROUBLE_LOG: faults,
    });
  if (forgets !== undefined) env.TROUBLE_FORGETS = forgets;
  const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const program = { words, said: '', errors: '', child, hasEnded: false };
  child.stdout.on('data', (text) => {
    program.said += text;
  });
  child.stderr.on('data', (text) => {
    program.errors += text;
  });
  child.once('exit', (code, signal) => {
    program.hasEnded = true;
    program.outcome = signal ?? code;
    story.push(`${words[0]} ended: ${signal ?? code}`);
    if (code === 70) program.isUnexpected = true;
  });
  programs.push(program);
  return program;
};
const programs = [];
const maybeTrouble = (often) => (dice.chance(often) ? { trouble: dice.below(2 ** 31) } : {});

/** Waits for the end of a program; one that stands still for our own sake is sent on. */
const ended = async (program) => {
  const deadline = performance.now() + PATIENCE;
  while (!program.hasEnded) {
    if (performance.now() > deadline) {
      broken.push(`\`${program.words.join(' ')}\` does not end: ${program.said}${program.errors}`);
      program.child.kill('SIGKILL');
      await until(() => program.hasEnded, 'the end of what was killed');
      return program;
    }
    await later(20);
    if (isStopped(program.child.pid)) program.child.kill('SIGCONT');
  }
  return program;
};
const isStopped = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).startsWith('T');
  } catch {
    return false;
  }
};

const signal = (program, name) => {
  story.push(name);
  program.child.kill(name);
};

/** One thing to do to a running `up`, decided now and done when it is called. */
const deed = (up, meddler) => {
  const kind = dice.oneOf([
    ...Array(7).fill('meddle'),
    'pause',
    'SIGTERM',
    'SIGKILL',
    'SIGINT',
    'SIGHUP',
    'down',
    'again',
    'show',
    'reload',
    'reload',
    'reload',
  ]);
  if (kind === 'meddle') return meddler.plan();
  if (kind === 'pause') {
    const length = dice.chance(0.05) ? SPAN * 10 : dice.below(200);
    return () => {
      signal(up, 'SIGSTOP');
      setTimeout(() => up.child.kill('SIGCONT'), length);
    };
  }
  if (kind === 'down') {
    const words = [
      'down',
      lab.name,
      ...(dice.chance(0.4) ? ['--force'] : []),
      ...(dice.chance(0.2) ? ['--purge'] : []),
    ];
    const [trouble, isKilled, after] = [maybeTrouble(0.4), dice.chance(0.3), dice.below(300)];
    return () => {
      const down = start(words, trouble);
      if (isKilled) setTimeout(() => down.child.kill('SIGKILL'), after);
    };
  }
  if (kind === 'again') {
    const trouble = maybeTrouble(0.4);
    return () => void start(['up', file], trouble);
  }
  if (kind === 'reload') {
    const text = dice.chance(0.1) ? lab.text.slice(0, dice.below(lab.text.length)) : changedLab(dice, lab);
    const [trouble, isSignal] = [maybeTrouble(0.2), dice.chance(0.5)];
    return () => {
      writeFileSync(file, text);
      if (isSignal) signal(up, 'SIGHUP');
      else start(['reload', '-n', lab.name], trouble);
    };
  }
  if (kind === 'show') return () => void start(['-n', lab.name, 'show', 'status']);
  return () => signal(up, kind);
};

/** Everything that befalls the lab, at moments decided beforehand. */
const befall = async (up, meddler) => {
  const deeds = Array.from({ length: 1 + dice.below(5) }, () => [dice.below(SPAN), deed(up, meddler)]);
  // Else all of it befalls the start.
  if (dice.chance(0.6)) await until(() => up.said.includes('ready') || up.hasEnded, '`ready`', up);
  const begun = performance.now();
  for (const [moment, act] of deeds.sort(([a], [b]) => a - b)) {
    await later(Math.max(0, moment - (performance.now() - begun)));
    act();
  }
  await later(dice.below(300));
};

/** What must fail: a lab that is killed while its state file, or a decoy, is gone. */
const breakIt = async (up, { namespaces }) => {
  await until(() => up.said.includes('ready') || up.hasEnded, '`ready`');
  if (breaks === 'decoy') ip(`netns del ${namespaces.at(-1)}`);
  signal(up, 'SIGKILL');
};

const decoys = placeDecoys(dice, lab);
await placeFiles(dice, lab, decoys.namespaces);
const isSettled = ({ pid }) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('tunpike up');
await until(() => decoys.processes.every(isSettled), 'the processes of others');
const neighbour = dice.chance(0.15)
  ? start(['up', '--tun', 'nb0=10.200.0.1/24,host=10.200.0.2/24', '-n', `${lab.name}y`])
  : undefined;
if (neighbour !== undefined)
  await until(() => neighbour.said.includes('ready') || neighbour.hasEnded, 'the neighbour');
const own = `file ${join(RUNTIME, `${lab.name}.state.json`)}`;
const expected = inventory(decoys.lent);
expected.delete(own);
const tolerated = new Set();
const meddler = new Meddler({ dice, lab, expected, tolerated, lent: decoys.lent });

const up = start(
  ['up', file],
  breaks === 'state-file' ? { forgets: `${lab.name}.state.json` } : breaks ? {} : maybeTrouble(0.5),
);
if (breaks) await breakIt(up, decoys);
else await befall(up, meddler);

// The end: each program that still runs is stopped in one way or another, and what is left is cleaned up.
const ending = dice.oneOf(['SIGTERM', 'SIGKILL', 'down', 'force']);
if (!up.hasEnded) {
  if (ending === 'down') await ended(start(['down', lab.name], maybeTrouble(0.4)));
  else if (ending === 'force') await ended(start(['down', lab.name, '--force'], maybeTrouble(0.4)));
  else signal(up, ending);
}
const isOurs = (program) => program !== neighbour;
for (const program of programs.filter(isOurs)) {
  if (program.words[0] === 'up' && !program.hasEnded) program.child.kill('SIGCONT');
  if (program.words[0] === 'up' && !program.hasEnded)
    program.child.kill(ending === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM');
  await ended(program);
}
for (const option of ['--force', '--purge']) {
  const { outcome, errors } = await ended(start(['down', lab.name, option]));
  const isKnown = existsSync(join(RUNTIME, `${lab.name}.state.json`));
  if (outcome !== 0 && !(outcome === 5 && !isKnown))
    broken.push(`down ${option} gave ${outcome}: ${errors.trim()}`);
}
for (const { pid, signalCode } of meddler.processes) {
  // One that ended by itself had no namespace to run in.
  if (signalCode !== null) broken.push(`gone: process ${pid}, which somebody else started`);
  tolerated.add(`process ${pid}`);
}
await later(30);
broken.push(...differences(expected, inventory(decoys.lent), tolerated));
for (const { words, isUnexpected, errors } of programs)
  if (isUnexpected) story.push(`\`${words.join(' ')}\` says: ${errors.trim().slice(0, 300)}`);
const befell = existsSync(faults) ? readFileSync(faults, 'utf8').trim().split('\n') : [];
console.log(
  JSON.stringify({
    seed,
    broken,
    hosts: lab.hosts.length,
    faults: befell,
    meddled: meddler.done,
    story,
    lab: broken.length === 0 ? '' : lab.text,
    unexpected: programs.filter(({ isUnexpected }) => isUnexpected).length,
  }),
);
process.exit(broken.length === 0 ? 0 : 1);
