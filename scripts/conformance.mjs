// Runs the conformance table on memory links, on real TUN devices, and on Linux as the router, and writes
// docs/conformance.md from what came out. Arguments choose rows (`TT HV3`) and levels (`--only linux`); then nothing
// is written and every case is printed. Exit code 1: Tunpike deviates, or the harness failed; 4: no real devices here.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { reportOf } from './conformance/report.mjs';
import { runTable } from './conformance/run-table.mjs';

const ROOT = join(import.meta.dirname, '..');
const COMPILED = join(ROOT, 'node_modules/.cache/tunpike-conformance');
const AGENT = join(import.meta.dirname, 'conformance/agent.py');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true } },
});
const isWhole = positionals.length === 0 && values.only === undefined;

/** The table is TypeScript, of which Node 20 knows nothing: it is compiled first, unchecked. */
const compile = () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'conformance/tsconfig.json')], {
    stdio: 'inherit',
  });
  mkdirSync(COMPILED, { recursive: true });
  writeFileSync(join(COMPILED, 'package.json'), '{ "type": "module" }\n');
};

const importFrom = (folder, file) => import(pathToFileURL(join(folder, file)).href);

/** Why real devices cannot be had here; undefined where they can. */
const missing = () => {
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  for (const [program, argument] of [
    ['ip', '-V'],
    ['python3', '-V'],
  ])
    if (spawnSync(program, [argument]).status !== 0) return `${program} is not installed`;
  return undefined;
};

const openDevices = async () => {
  const { devices } = await importFrom(COMPILED, 'test/conformance/targets/devices.js');
  const [{ LabLoop }, { Arena }, { openPort }] = await Promise.all([
    importFrom(join(ROOT, 'dist'), 'lab-loop.js'),
    importFrom(join(ROOT, 'dist'), 'tun/arena.js'),
    importFrom(join(ROOT, 'dist'), 'tun/open-port.js'),
  ]);
  return await devices(AGENT, { LabLoop, Arena, openPort });
};

compile();
const { ROWS } = await importFrom(COMPILED, 'test/conformance/rows/index.js');
const { ROW_IDS } = await importFrom(COMPILED, 'test/conformance/ids.js');
const { runCase } = await importFrom(COMPILED, 'test/conformance/run-case.js');
const { memory } = await importFrom(COMPILED, 'test/conformance/targets/memory.js');
const { linux } = await importFrom(COMPILED, 'test/conformance/targets/linux.js');

const rows = ROWS.filter(
  ({ id }) =>
    positionals.length === 0 || positionals.some((each) => id === each || id.replace(/\d.*/, '') === each),
);
const levels = values.only ?? ['memory', 'devices', 'linux'];
const why = missing();
const results = new Map();
const run = async (level, kind, atOnce) => {
  const begun = performance.now();
  results.set(level, await runTable(rows, kind, runCase, atOnce));
  console.error(`${level}: ${rows.length} rows in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
};

if (levels.includes('memory')) await run('memory', memory, 1);
if (why !== undefined) console.error(`devices and linux are not run, and nothing is written: ${why}`);
if (levels.includes('devices') && why === undefined) {
  const kind = await openDevices();
  try {
    await run('devices', kind, 1);
  } finally {
    await kind.close();
  }
}
// Each case has a namespace of its own; three at once, so that none is late.
if (levels.includes('linux') && why === undefined) await run('linux', linux(AGENT), 3);

if (isWhole && why === undefined) {
  const file = join(ROOT, 'docs/conformance.md');
  mkdirSync(join(ROOT, 'docs'), { recursive: true });
  writeFileSync(file, reportOf(ROW_IDS, ROWS, results));
  console.error(`wrote ${file}`);
}
let failed = 0;
for (const [level, ofRows] of results)
  for (const [id, ofCases] of ofRows)
    for (const { title, result } of ofCases) {
      const isFailure = result.isFailure ?? (level !== 'linux' && result.outcome === 'deviates');
      if (isFailure) failed += 1;
      if (!isWhole || isFailure)
        console.log(
          `${level} ${id} ${title}: ${result.outcome}${result.why === undefined ? '' : `: ${result.why}`}`,
        );
    }
process.exitCode = failed > 0 ? 1 : isWhole && why !== undefined ? 4 : 0;
