// Runs the conformance table on memory links, on real TUN devices, on Linux as the router, and its second part on the
// querier of the Linux bridge, and writes docs/conformance.md from what came out. Arguments choose rows (`TT HV3`) and
// levels (`--only linux`); then nothing is written and every case is printed. Exit code 1: Tunpike deviates, or the harness failed; 4: no real devices here.
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
    ['bridge', '-V'],
    ['python3', '-V'],
  ])
    if (spawnSync(program, [argument]).status !== 0) return `${program} is not installed`;
  return undefined;
};

const openDevices = async () => {
  const { devices } = await importFrom(COMPILED, 'test/conformance/targets/devices.js');
  const [{ LabLoop }, { Arena }, { openPort }] = await Promise.all([
    importFrom(join(ROOT, 'dist'), 'lab/loop.js'),
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

const igmp = {
  ...(await importFrom(COMPILED, 'test/conformance/igmp/rows/index.js')),
  ...(await importFrom(COMPILED, 'test/conformance/igmp/ids.js')),
  ...(await importFrom(COMPILED, 'test/conformance/igmp/run-case.js')),
  ...(await importFrom(COMPILED, 'test/conformance/igmp/targets/memory.js')),
  ...(await importFrom(COMPILED, 'test/conformance/igmp/targets/devices.js')),
  ...(await importFrom(COMPILED, 'test/conformance/igmp/targets/bridge.js')),
};

const isChosen = ({ id }) =>
  positionals.length === 0 || positionals.some((each) => id === each || id.replace(/\d.*/, '') === each);
const rows = ROWS.filter(isChosen);
const igmpRows = igmp.ROWS.filter(isChosen);
const levels = values.only ?? ['memory', 'devices', 'linux', 'bridge'];
const why = missing();
const results = new Map();
const igmpResults = new Map();
const timed = async (what, chosen, work) => {
  if (chosen.length === 0) return new Map();
  const begun = performance.now();
  const result = await work();
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.error(`${what}: ${chosen.length} rows in ${seconds} s`);
  return result;
};
const run = async (level, kind, atOnce) =>
  results.set(level, await timed(level, rows, () => runTable(rows, kind, runCase, atOnce)));
/** So many routers at a time wait for what takes long, each on devices of its own. */
const SLEEPERS = 24;
const runIgmp = async (level, kind, atOnce, sleepers) =>
  igmpResults.set(
    level,
    await timed(`IGMP, ${level}`, igmpRows, () =>
      runTable(igmpRows, kind, igmp.runIgmpCase, atOnce, sleepers),
    ),
  );

if (levels.includes('memory')) {
  await run('memory', memory, 1);
  await runIgmp('memory', igmp.memory, 1);
}
if (why !== undefined) console.error(`devices, linux and bridge are not run, and nothing is written: ${why}`);
if (levels.includes('devices') && why === undefined) {
  const kind = await openDevices();
  try {
    await run('devices', kind, 1);
    await runIgmp('devices', igmp.igmpDevices(kind, openDevices), 1, SLEEPERS);
  } finally {
    await kind.close();
  }
}
// Each case has a namespace of its own; three at once, so that none is late.
if (levels.includes('linux') && why === undefined) await run('linux', linux(AGENT), 3);
if (levels.includes('bridge') && why === undefined) await runIgmp('bridge', igmp.igmpBridge(AGENT), 8);

if (isWhole && why === undefined) {
  const file = join(ROOT, 'docs/conformance.md');
  mkdirSync(join(ROOT, 'docs'), { recursive: true });
  const second = { ids: igmp.ROW_IDS, rows: igmp.ROWS, results: igmpResults };
  writeFileSync(file, reportOf({ ids: ROW_IDS, rows: ROWS, results }, second));
  console.error(`wrote ${file}`);
}
const notBuilt = new Set(
  igmp.ROWS.flatMap(({ id, cases }) =>
    cases.filter((each) => each.notBuilt !== undefined).map(({ title }) => `${id} ${title}`),
  ),
);
/** Whose deviations are no failure. */
const OTHERS = ['linux', 'bridge'];
let failed = 0;
for (const [level, ofRows] of [...results, ...igmpResults])
  for (const [id, ofCases] of ofRows)
    for (const { title, result } of ofCases) {
      const deviates =
        !OTHERS.includes(level) && result.outcome === 'deviates' && !notBuilt.has(`${id} ${title}`);
      const isFailure = result.isFailure ?? deviates;
      if (isFailure) failed += 1;
      if (!isWhole || isFailure)
        console.log(
          `${level} ${id} ${title}: ${result.outcome}${result.why === undefined ? '' : `: ${result.why}`}`,
        );
    }
process.exitCode = failed > 0 ? 1 : isWhole && why !== undefined ? 4 : 0;
