// Measures tunpike beside plain C relays and the kernel, all on this machine in the same run, and prints tables of ratios.
//
//   npm run bench                 everything, in 20 minutes; writes docs/benchmarks.md and docs/images/benchmarks.svg
//   npm run bench -- --quick      what is compared, each once and briefly, in a minute; writes nothing
//   npm run bench -- udp core     some parts: udp, tcp, ping, idle, fan-out, chain; core, filters, timers, igmp, routes, scale, start
//
// Nothing else should run meanwhile. Needs root, cc, iperf3, and taskset.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALONE } from './bench/alone.mjs';
import { COMPARISONS, compare } from './bench/comparisons.mjs';
import { CONTENDER_NAMES } from './bench/contenders.mjs';
import { plot } from './bench/plot.mjs';
import { compilePeer } from './bench/processes.mjs';
import { circumstances, reportOf, sectionText } from './bench/report.mjs';
import { optionsOf } from './options.mjs';

const DOCS = join(import.meta.dirname, '../docs');
const NEEDED = { cc: ['--version'], iperf3: ['--version'], taskset: ['--version'], ip: ['-V'] };

const fail = (code, what) => {
  console.error(`bench: ${what}`);
  process.exit(code);
};

const parsed = optionsOf(import.meta, {
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const { quick: isQuick } = parsed.values;
const all = [...Object.keys(COMPARISONS), ...Object.keys(ALONE)];
for (const name of parsed.positionals)
  if (!all.includes(name)) fail(2, `no part is called ${name}; there are ${all.join(', ')}`);
const isWhole = parsed.positionals.length === 0 && !isQuick;
const wanted = parsed.positionals.length > 0 ? parsed.positionals : isQuick ? Object.keys(COMPARISONS) : all;

const isAboutPrograms = wanted.some((name) => name in COMPARISONS || name === 'igmp' || name === 'start');
if (isAboutPrograms) {
  if (process.getuid() !== 0) fail(4, 'needs root');
  for (const [program, words] of Object.entries(NEEDED))
    if (spawnSync(program, words).status !== 0) fail(4, `${program} is not installed`);
}

const rounds = isQuick ? 1 : 5;
const begun = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'tunpike-bench-'));
const sections = [];
const done = (section) => {
  sections.push(section);
  console.log(`\n${sectionText(section)}`);
};
try {
  const peer = isAboutPrograms ? compilePeer(folder) : undefined;
  const given = { folder, peer, rounds, seconds: isQuick ? 0.2 : 1.5, isQuick };
  if (isAboutPrograms) console.log(circumstances(rounds).join('\n'));
  await compare(
    wanted.filter((name) => name in COMPARISONS),
    given,
    done,
  );
  for (const name of wanted.filter((each) => each in ALONE)) done(await ALONE[name](given));
  const seconds = (performance.now() - begun) / 1000;
  console.error(`\n${seconds.toFixed(0)} s`);
  if (isWhole) {
    const plotted = sections.flatMap((each) => each.plotted ?? []);
    mkdirSync(join(DOCS, 'images'), { recursive: true });
    const title = 'What arrives, as a ratio to the plain C relay';
    writeFileSync(join(DOCS, 'images/benchmarks.svg'), plot(title, CONTENDER_NAMES, plotted));
    writeFileSync(join(DOCS, 'benchmarks.md'), reportOf(sections, rounds, seconds));
    console.error('wrote docs/benchmarks.md and docs/images/benchmarks.svg');
  }
} finally {
  rmSync(folder, { recursive: true });
}
