import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders and files of tests that need no device. */
const TESTS = [
  'ip',
  'icmp',
  'igmp',
  'router',
  'lab',
  'link',
  'config',
  'conformance',
  'hostile',
  'change',
  'text',
];
const MORE = ['book', 'drop-reason', 'timers'];
/**
 * What cannot say anything of a mutant here: `hostile/control` speaks over sockets; `conformance/silence` is about the
 * cases, whose router it cuts off; `conformance/offload` needs the kernel; `config/large` goes by the time of the
 * processor; `config/read-beside` reads by the program as it is built. `test/name` starts the program.
 */
const NOT = [
  'hostile/control',
  'conformance/silence',
  'conformance/offload',
  'config/large',
  'config/read-beside',
].map((each) => `test/${each}.test.ts`);

/** The files below a path, or the path itself, by their ending. */
export const filesIn = (root, path, ending) =>
  statSync(join(root, path)).isFile()
    ? [path]
    : readdirSync(join(root, path), { recursive: true })
        .map((entry) => join(path, entry))
        .filter((file) => file.endsWith(ending))
        .sort();

/** The files of tests that need no device. */
export const testFiles = (root) =>
  [...TESTS.map((each) => `test/${each}`), ...MORE.map((each) => `test/${each}.test.ts`)]
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => filesIn(root, path, '.test.ts'))
    .filter((file) => !NOT.includes(file));

/** How many imports lead from one file to each of those that it depends on. */
export const distancesFrom = (root, from) => {
  const steps = new Map([[from, 0]]);
  for (const [file, step] of steps)
    for (const each of importsOf(root, file)) if (!steps.has(each)) steps.set(each, step + 1);
  return steps;
};

const importsCache = new Map();
/** The files of ours that a file imports. */
const importsOf = (root, file) => {
  const path = join(root, file);
  const known = importsCache.get(path);
  if (known !== undefined) return known;
  const found = [...readFileSync(path, 'utf8').matchAll(/\bfrom '(\.[^']+)'/g)]
    .map((match) => join(dirname(file), match[1]).replace(/\.js$/, '.ts'))
    .filter((each) => existsSync(join(root, each)));
  importsCache.set(path, found);
  return found;
};
