// Attacks the core with octets that mean ill.
//
//   npm run fuzz                              every target for 30 seconds, guided by coverage; new inputs join its corpus
//   npm run fuzz -- options icmp --seconds 300
//   npm run fuzz -- mutate --count 1000000    mutated datagrams through four whole routers; prints what became of them
//   npm run fuzz -- mutate-igmp               mutated IGMP messages against two routers, with members who must lose nothing
//   npm run fuzz -- storms                    forged leaves, queries, groups, sources, hosts and flows, at full size
//
// `--seed N` repeats what N led to. Exit code 1: a promise is broken, and the input that breaks it was printed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { search } from './fuzz/search.mjs';
import { optionsOf, usageOf } from './options.mjs';

const ROOT = join(import.meta.dirname, '..');
const COMPILED = join(ROOT, 'node_modules/.cache/tunpike-fuzz');

/** The targets are TypeScript, of which Node 20 knows nothing: they are compiled first, unchecked. */
const compile = () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'fuzz/tsconfig.json')], {
    stdio: 'inherit',
  });
  mkdirSync(COMPILED, { recursive: true });
  writeFileSync(join(COMPILED, 'package.json'), '{ "type": "module" }\n');
};

const compiled = (file) => import(pathToFileURL(join(COMPILED, file)).href);
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells) => {
  row(...cells);
  row(...cells.map(() => '---'));
};
const usage = usageOf(import.meta);

const wholeNumber = (text, name) => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) usage(`--${name} takes a whole number from 1, not ${text}`);
  return number;
};

const mutate = async (count, seed) => {
  const { flood } = await compiled('test/hostile/flood.js');
  const begun = performance.now();
  const { sent, inspected, book, drops, icmpSent, megabytes } = flood({
    count,
    seed,
    progress: (soFar, used) => console.error(`${soFar} datagrams, ${used.toFixed(1)} MB`),
  });
  head('mutated datagrams', '');
  row('sent by hosts', sent);
  row('sent by routers, each inspected', inspected);
  for (const [part, sum] of Object.entries(book)) row(`${part}, by all routers`, sum);
  const { first, highest, last } = megabytes;
  row(
    'memory, MB',
    `${first.toFixed(1)} at first, ${highest.toFixed(1)} at most, ${last.toFixed(1)} at last`,
  );
  row('seconds', ((performance.now() - begun) / 1000).toFixed(1));
  row('exceptions, broken promises', 0);
  row('an echo in the end', 'answered');
  console.log();
  head('dropped for', '');
  for (const [reason, sum] of [...drops].toSorted((a, b) => b[1] - a[1])) row(reason, sum);
  console.log();
  head('ICMP sent', '');
  for (const [message, sum] of Object.entries(icmpSent)) if (sum > 0) row(message, sum);
};

const mutateIgmp = async (count, seed) => {
  const { igmpFlood } = await compiled('test/hostile/igmp/flood.js');
  const begun = performance.now();
  const { sent, virtualSeconds, received, refused, answered, warnings, megabytes } = igmpFlood({
    count,
    seed,
    progress: (soFar, used) => console.error(`${soFar} messages, ${used.toFixed(1)} MB`),
  });
  const { first, highest, last } = megabytes;
  head('mutated IGMP messages', '');
  row('sent, answers of members among them', sent);
  row('virtual seconds', virtualSeconds.toFixed(0));
  row('warnings', warnings);
  row(
    'memory, MB',
    `${first.toFixed(1)} at first, ${highest.toFixed(1)} at most, ${last.toFixed(1)} at last`,
  );
  row('seconds', ((performance.now() - begun) / 1000).toFixed(1));
  row('exceptions, broken promises, gaps in a stream', 0);
  for (const [what, counters] of [
    ['counted by type', received],
    ['refused', refused],
    ['sent by the routers', answered],
  ]) {
    console.log();
    head(what, '');
    for (const [name, sum] of Object.entries(counters)) row(name, sum);
  }
};

const storms = async (only) => {
  const { STORMS } = await compiled('test/hostile/igmp/storms.js');
  head('storm', 'messages', 'microseconds each', 'queries sent', 'warnings', 'MB more', 'broken');
  for (const { name, full, blow } of STORMS) {
    if (only.length > 0 && !only.includes(name)) continue;
    const { messages, microseconds, queries, warnings, megabytes } = blow(full);
    row(name, messages, microseconds.toFixed(2), queries, warnings, megabytes.toFixed(1), 'nothing');
  }
};

const searchAll = async (names, seconds, seed) => {
  const { TARGETS } = await compiled('test/hostile/target.js');
  const { CORPUS, formatCorpus, readCorpus } = await compiled('test/hostile/corpus.js');
  const { seededRandom } = await compiled('src/random.js');
  for (const name of names)
    if (!TARGETS.some((each) => each.name === name))
      usage(
        `no target is called ${name}; there are ${TARGETS.map((each) => each.name).join(', ')}, mutate, mutate-igmp, storms`,
      );
  const source = pathToFileURL(join(COMPILED, 'src')).href;
  head('target', 'runs', 'reached', 'inputs kept', 'broken');
  for (const target of TARGETS) {
    if (names.length > 0 && !names.includes(target.name)) continue;
    const { kept, runs, reached, broken } = search({
      target,
      corpus: readCorpus(ROOT, target.name),
      seconds,
      random: seededRandom(seed),
      isWatched: (url) => url.startsWith(source),
    });
    row(target.name, runs, reached, kept.length, broken === undefined ? 'nothing' : broken.error.message);
    if (broken === undefined) {
      mkdirSync(join(ROOT, CORPUS), { recursive: true });
      writeFileSync(join(ROOT, CORPUS, `${target.name}.hex`), formatCorpus(kept));
      continue;
    }
    process.exitCode = 1;
    console.error(`${target.name}: ${Buffer.from(broken.input).toString('hex')}\n${broken.error.stack}`);
  }
};

const { values, positionals } = optionsOf(import.meta, {
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e9)) },
  },
});
const seed = wholeNumber(values.seed, 'seed');
const count = wholeNumber(values.count, 'count');
const seconds = wholeNumber(values.seconds, 'seconds');
console.error(`seed ${seed}`);
compile();
try {
  if (positionals[0] === 'mutate') await mutate(count, seed);
  else if (positionals[0] === 'mutate-igmp') await mutateIgmp(count, seed);
  else if (positionals[0] === 'storms') await storms(positionals.slice(1));
  else await searchAll(positionals, seconds, seed);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
