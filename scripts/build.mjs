// Compiles src/ to dist/, unless that is up to date, and says so, because it takes a while: `node scripts/build.mjs`.
// Only what has changed is compiled again; what has no source any more is removed. What runs in browsers, src/dashboard,
// is compiled by itself.
//
//   node scripts/build.mjs --dependency    only where npm prepares an installation from git, whose prepack it skips:
//                                          npm ci in a clone stays quick
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [src, dist, build] = ['src', 'dist', 'build'].map((folder) => join(root, folder));
const main = join(dist, 'main.js');
// What makes the manual page is there where all that is for development was installed.
const hasConverter = existsSync(join(root, 'node_modules', 'marked-man'));
const stamp = join(build, 'compiled');
const memory = join(build, 'tsc.tsbuildinfo');
const pageMemory = join(build, 'dashboard.tsbuildinfo');
/** Of the dashboard, what is served as it is. */
const AS_IT_IS = ['.html', '.css', '.svg'];

process.exitCode = run();

function run() {
  // A published package has no sources to compile, and needs none.
  if (!existsSync(join(src, 'main.ts'))) return 0;
  if (process.argv.includes('--dependency') && isOwnFolder()) return 0;
  removeOrphans();
  if (isUpToDate()) return 0;
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) {
    console.error('error: TypeScript is not installed\nfix: npm ci');
    return 1;
  }
  // The compiler writes what has changed since it last wrote: after a loss, everything has.
  if (sourceFiles().some((file) => !existsSync(join(dist, builtOf(file))))) rmSync(memory, { force: true });
  const isFirst = !existsSync(memory);
  console.error(`compiling TypeScript${isFirst ? ', which takes a while the first time' : ''} …`);
  const started = Date.now();
  // Sources stand in their maps, as a package has no src/; what was compiled is remembered for the next time.
  const flags = ['--inlineSources', '--incremental', '--tsBuildInfoFile', memory];
  const args = [compiler, '-p', join(root, 'tsconfig.build.json'), ...flags];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) return status ?? 1;
  const { status: ofPage } = buildPage(compiler);
  if (ofPage !== 0) return ofPage ?? 1;
  chmodSync(main, 0o755);
  if (
    hasConverter &&
    spawnSync(process.execPath, [join(root, 'scripts', 'man.mjs')], { stdio: 'inherit' }).status !== 0
  )
    return 1;
  mkdirSync(build, { recursive: true });
  writeFileSync(stamp, '');
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.error(`compiled in ${seconds} s`);
  return 0;
}

/** Compiles the dashboard beside what it takes types from, and puts only itself into dist/. */
function buildPage(compiler) {
  const beside = join(build, 'browser');
  if (!existsSync(beside)) rmSync(pageMemory, { force: true });
  const flags = ['--noEmit', 'false', '--outDir', beside, '--incremental', '--tsBuildInfoFile', pageMemory];
  const args = [compiler, '-p', join(src, 'dashboard'), ...flags];
  const result = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (result.status !== 0) return result;
  const page = join(dist, 'dashboard');
  mkdirSync(page, { recursive: true });
  for (const file of readdirSync(join(src, 'dashboard')))
    if (AS_IT_IS.includes(extname(file))) copyFileSync(join(src, 'dashboard', file), join(page, file));
    else if (/^[^.]+\.ts$/.test(file))
      copyFileSync(join(beside, 'dashboard', builtOf(file)), join(page, builtOf(file)));
  return result;
}

/** Whether npm was called in this checkout, and not by somebody who depends on it. */
function isOwnFolder() {
  const caller = process.env.INIT_CWD;
  return caller === undefined || !relative(root, caller).startsWith('..');
}

function isUpToDate() {
  if (!existsSync(stamp) || !existsSync(main)) return false;
  if (hasConverter && !existsSync(join(root, 'man', 'tunpike.1'))) return false;
  const built = statSync(stamp).mtimeMs;
  const sources = sourceFiles();
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'src/dashboard/tsconfig.json'].map((file) =>
    join(root, file),
  );
  return (
    [...sources.map((file) => join(src, file)), ...settings].every(
      (file) => statSync(file).mtimeMs <= built,
    ) && sources.every((file) => existsSync(join(dist, builtOf(file))))
  );
}

function sourceFiles() {
  return readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      (file.endsWith('.ts') && !file.endsWith('.d.ts')) ||
      (dirname(file) === 'dashboard' && AS_IT_IS.includes(extname(file))),
  );
}

/** The file of dist/ that a source becomes. */
function builtOf(file) {
  return file.replace(/\.ts$/, '.js');
}

function removeOrphans() {
  if (!existsSync(dist)) return;
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const source = file.replace(/\.(d\.ts|js|js\.map)$/, '.ts');
    if ((source !== file || AS_IT_IS.includes(extname(file))) && !existsSync(join(src, source)))
      rmSync(join(dist, file));
  }
}
