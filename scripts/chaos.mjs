// Starts random labs, lets everything go wrong that can, cleans up, and sees that nothing of theirs is left and that
// nothing of anybody else's was touched.
//
//   npm run chaos                             1,000 rounds
//   npm run chaos -- --rounds 20 --seed 7     20 rounds, of seeds 7 to 26; --jobs N: so many at once, 2 unless told
//   npm run chaos -- --rounds 1 --break decoy    proves that it notices: `decoy` removes one, `state-file` writes none
//
// SIGKILL, SIGTERM, SIGSTOP at random moments of `up`, `down` and `reload`, by then to another configuration; system calls that fail, linger, do half or are the
// last; devices and namespaces that somebody else deletes, renames, moves and replaces; decoys of similar names
// everywhere. Each round has network, process and mount namespaces and a /run of its own. Needs root, cc and unshare.
//
// Exit code 1: a promise is broken; what was left or touched is printed, and how to repeat the round.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isolated } from './chaos/isolated.mjs';
import { optionsOf, usageOf } from './options.mjs';

const FOLDER = join(import.meta.dirname, 'chaos');
/** What a round may take before all of it is ended. In milliseconds. */
const LONGEST = 180_000;
const BREAKS = ['state-file', 'decoy'];

const usage = usageOf(import.meta);
const wholeNumber = (text, name, least) => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    usage(`--${name} takes a whole number from ${least}, not ${text}`);
  return number;
};

const { values } = optionsOf(import.meta, {
  options: {
    rounds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e9)) },
    jobs: { type: 'string', default: '2' },
    break: { type: 'string' },
  },
});
const rounds = wholeNumber(values.rounds, 'rounds', 1);
const jobs = wholeNumber(values.jobs, 'jobs', 1);
const seed = wholeNumber(values.seed, 'seed', 0);
if (values.break !== undefined && !BREAKS.includes(values.break))
  usage(`--break takes ${BREAKS.join(' or ')}, not ${values.break}`);
if (process.getuid() !== 0) usage('needs root');

const folder = mkdtempSync(join(tmpdir(), 'tunpike-chaos-'));
const shim = join(folder, 'trouble.so');

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    process.exit(1);
  });

/** Runs one round in namespaces of its own, which end with it whatever it does. */
const round = (own) =>
  new Promise((resolve) => {
    const place = mkdtempSync(join(folder, 'round-'));
    const words = [process.execPath, join(FOLDER, 'round.mjs'), String(own), shim, place, values.break ?? ''];
    const child = spawn('unshare', isolated(words), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [said, errors] = ['', ''];
    child.stdout.on('data', (text) => {
      said += text;
    });
    child.stderr.on('data', (text) => {
      errors += text;
    });
    running.add(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      rmSync(place, { recursive: true });
      try {
        resolve(JSON.parse(said));
      } catch {
        resolve({ seed: own, broken: [`the round itself ended with ${signal ?? code}: ${said}${errors}`] });
      }
    });
  });

const tell = ({ seed: own, broken, lab, story = [], meddled = [], faults = [] }) => {
  const again = values.break === undefined ? '' : ` --break ${values.break}`;
  console.error(`\nbroken with seed ${own}; again: npm run chaos -- --rounds 1 --seed ${own}${again}`);
  for (const line of broken) console.error(`  ${line}`);
  console.error(
    `happened: ${story.join('; ')}\nmeddled: ${meddled.join('; ')}\nfaults: ${faults.join('; ')}`,
  );
  if (lab) console.error(lab);
};

const isTerminal = process.stderr.isTTY === true;
const sums = { rounds: 0, broken: 0, hosts: 0, faults: 0, meddled: 0, unexpected: 0 };
const account = (outcome) => {
  const { broken, hosts = 0, faults = [], meddled = [], unexpected = 0 } = outcome;
  sums.rounds++;
  sums.hosts += hosts;
  sums.faults += faults.length;
  sums.meddled += meddled.filter((deed) => !deed.endsWith('in vain')).length;
  sums.unexpected += unexpected;
  if (broken.length > 0) {
    sums.broken++;
    tell(outcome);
    process.exitCode = 1;
  }
  const progress = `${sums.rounds} of ${rounds} rounds, ${sums.broken} broken`;
  if (isTerminal) process.stderr.write(`\r${progress}`);
  else if (sums.rounds % 50 === 0) console.error(progress);
};

const begun = performance.now();
try {
  execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', shim, join(FOLDER, 'trouble.c'), '-ldl'], {
    stdio: 'inherit',
  });
  let next = 0;
  const work = async () => {
    while (next < rounds) account(await round(seed + next++));
  };
  await Promise.all(Array.from({ length: Math.min(jobs, rounds) }, work));
} finally {
  rmSync(folder, { recursive: true });
}
if (isTerminal) process.stderr.write('\n');
console.log(`| seeds | ${seed} to ${seed + rounds - 1} |\n| --- | --- |`);
for (const [what, sum] of Object.entries(sums)) console.log(`| ${what} | ${sum} |`);
console.log(`| seconds | ${((performance.now() - begun) / 1000).toFixed(1)} |`);
