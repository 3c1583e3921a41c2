// Runs the conformance table on memory links, on real TUN devices without and with offload, on Linux as the router, its
// second part on the querier of the Linux bridge, its third on what Linux makes of what is offloaded, and writes
// docs/conformance.md from what came out. Arguments choose rows (`TT HV3`), the third part (`offload`, or rows of it: `C07`)
// and levels (`--only linux`); then nothing is written and every case is printed. `--bursts 5000` for each row of the third
// part. Exit code 1: Tunpike deviates, or the harness failed; 4: no real devices here.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reportOf } from './conformance/report.mjs';
import { runTable } from './conformance/run-table.mjs';
import { optionsOf, usageOf } from './options.mjs';

const ROOT = join(import.meta.dirname, '..');
const COMPILED = join(ROOT, 'node_modules/.cache/tunpike-conformance');
const AGENT = join(import.meta.dirname, 'conformance/agent.py');

const { values, positionals } = optionsOf(import.meta, {
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true }, bursts: { type: 'string', default: '300' } },
});
const bursts = Number(values.bursts);
if (!(Number.isInteger(bursts) && bursts > 0))
  usageOf(import.meta)(`--bursts takes a whole number above 0, not ${values.bursts}`);
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
    ['tc', '-V'],
  ])
    if (spawnSync(program, [argument]).status !== 0) return `${program} is not installed`;
  return undefined;
};

compile();
const fromTable = (file) => importFrom(COMPILED, `test/conformance/${file}.js`);
const fromProgram = (file) => importFrom(join(ROOT, 'dist'), `${file}.js`);
const { IPV4 } = await fromTable('ipv4/part');
const { IGMP } = await fromTable('igmp/part');
const { LONG, waitOf } = await fromTable('case');
const { runCase } = await fromTable('run-case');

/** So many routers at a time wait for what takes long, each on devices of its own. */
const SLEEPERS = 24;

const devicesWith = async (offload) => {
  const { devices } = await fromTable('targets/devices');
  const { LabLoop } = await fromProgram('lab/loop');
  return await devices(AGENT, { LabLoop, ...(await ports()) }, offload);
};

/** How devices are reached: by the program as it is built. */
const ports = async () => {
  const { Arena } = await fromProgram('tun/arena');
  const { openPort } = await fromProgram('tun/open-port');
  return { Arena, openPort };
};

/** What the table runs on, in this order: how many cases at a time, and whether a deviation is a failure of ours. */
const LEVELS = {
  memory: {
    atOnce: 1,
    open: async () => (await fromTable('targets/memory')).memory,
  },
  devices: {
    atOnce: 1,
    sleepers: SLEEPERS,
    open: () => devicesWith('off'),
  },
  offload: {
    atOnce: 1,
    sleepers: SLEEPERS,
    open: () => devicesWith('all'),
  },
  // Each case has a namespace of its own; three at once, so that none is late.
  linux: { atOnce: 3, isOther: true, open: async () => (await fromTable('targets/linux')).linux(AGENT) },
  bridge: { atOnce: 8, isOther: true, open: async () => (await fromTable('targets/bridge')).bridge(AGENT) },
};

const isChosen = ({ id }) =>
  positionals.length === 0 || positionals.some((each) => id === each || id.replace(/\d.*/, '') === each);

const runOn = async (level, kind, part) => {
  const rows = part.rows.filter(isChosen);
  if (rows.length === 0) return new Map();
  const begun = performance.now();
  const { atOnce, sleepers } = LEVELS[level];
  const isLong = (each) => waitOf(each) > LONG;
  const result = await runTable(rows, (each) => runCase(each, kind), isLong, atOnce, sleepers);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.error(`${part.title}, ${level}: ${rows.length} rows in ${seconds} s`);
  return result;
};

/** Rows about offload, each judged by the kernel. */
async function judgeOffload(rows) {
  if (rows.length === 0) return [];
  const { Oracle } = await fromTable('offload/oracle');
  const { checkRow } = await fromTable('offload/check-row');
  const begun = performance.now();
  const oracle = await Oracle.open(await ports());
  try {
    const all = [];
    for (const row of rows) all.push({ row, checked: await checkRow(row, oracle, bursts) });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.error(`offload: ${rows.length} rows, ${bursts} bursts each, in ${seconds} s`);
    return all;
  } finally {
    oracle.close();
  }
}

const PARTS = [IPV4, IGMP];
const wanted = values.only ?? Object.keys(LEVELS);
const why = missing();
if (why !== undefined)
  console.error(`devices, offload, linux and bridge are not run, and nothing is written: ${why}`);
const possible = why === undefined ? Object.keys(LEVELS) : ['memory'];
/** Of each part, by level. */
const results = PARTS.map(() => new Map());
for (const level of possible.filter((each) => wanted.includes(each))) {
  const kind = await LEVELS[level].open();
  try {
    for (const [at, part] of PARTS.entries())
      if (!LEVELS[level].isOther || part.comparedWith === level)
        results[at].set(level, await runOn(level, kind, part));
  } finally {
    await kind.close?.();
  }
}

const { OFFLOAD } = await fromTable('offload/rows');
const offloadRows = OFFLOAD.filter((row) => positionals.includes('offload') || isChosen(row));
/** Of the third part, in its order; undefined where it was not run. */
const judged = why === undefined && values.only === undefined ? await judgeOffload(offloadRows) : [];

if (isWhole && why === undefined) {
  const file = join(ROOT, 'docs/conformance.md');
  mkdirSync(join(ROOT, 'docs'), { recursive: true });
  writeFileSync(file, reportOf(PARTS, results, judged));
  console.error(`wrote ${file}`);
}
const notBuilt = new Set(
  PARTS.flatMap(({ rows }) => rows).flatMap(({ id, cases }) =>
    cases.filter((each) => each.notBuilt !== undefined).map(({ title }) => `${id} ${title}`),
  ),
);
let failed = 0;
for (const [level, ofRows] of results.flatMap((ofLevels) => [...ofLevels]))
  for (const [id, ofCases] of ofRows)
    for (const { title, result } of ofCases) {
      const deviates =
        !LEVELS[level].isOther && result.outcome === 'deviates' && !notBuilt.has(`${id} ${title}`);
      const isFailure = result.isFailure ?? deviates;
      if (isFailure) failed += 1;
      if (!isWhole || isFailure)
        console.log(
          `${level} ${id} ${title}: ${result.outcome}${result.why === undefined ? '' : `: ${result.why}`}`,
        );
    }
for (const { row, checked } of judged) {
  if (checked.why !== undefined) failed += 1;
  if (isWhole && checked.why === undefined) continue;
  const { datagrams, writes } = checked;
  const counts = `${checked.bursts} bursts, ${datagrams} datagrams in ${writes} writes`;
  console.log(`${row.id} ${row.title}: ${checked.why ?? `pass: ${counts}`}`);
}
process.exitCode = failed > 0 ? 1 : isWhole && why !== undefined ? 4 : 0;
