// Runs three routers in a chain at full load for long, and sees that nothing grows and every datagram is accounted for.
//
//   npm run soak                              an hour
//   npm run soak -- --minutes 5 --out DIR     a quick look; DIR gets soak.svg and soak.md
//   npm run soak -- --minutes 1 --break memory   proves that it notices: memory, descriptors or ledger
//
//   TUNPIKE_OFFLOAD=all npm run soak -- --minutes 10   with super-datagrams
//
// UDP and TCP as fast as they go from end to end, a reload every few seconds, mutated datagrams and arbitrary octets, ICMP, more IGMP joins and leaves than
// an interface has room for, readers of `monitor` and `capture` who do not keep up, a capture of drops that comes and goes. Everything runs in network, process and mount
// namespaces and a /run of its own. Needs root, cc and unshare.
//
// Exit code 1: memory or descriptors grew over the second half, or received is not forwarded + delivered + dropped + held.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilePeer } from './bench/processes.mjs';
import { isolated } from './chaos/isolated.mjs';
import { optionsOf, usageOf } from './options.mjs';
import { judge, ledgerFault, rise } from './soak/judge.mjs';
import { ask, loads, readSlowly, startLoad, TEXT, variant } from './soak/lab.mjs';
import { plot } from './soak/plot.mjs';

const ROOT = join(import.meta.dirname, '..');
const SOCKET = '/run/tunpike/soak.sock';
const INSIDE = 'TUNPIKE_SOAK_INSIDE';
const BREAKS = ['memory', 'descriptors', 'ledger'];
/** Rows of the printed table at most. */
const ROWS = 20;

const usage = usageOf(import.meta);
const { values } = optionsOf(import.meta, {
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    break: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) usage(`--minutes takes a number above 0, not ${values.minutes}`);
const seed = Number(values.seed);
if (!Number.isInteger(seed)) usage(`--seed takes a whole number, not ${values.seed}`);
if (values.break !== undefined && !BREAKS.includes(values.break))
  usage(`--break takes ${BREAKS.join(', ')}, not ${values.break}`);
if (process.getuid() !== 0) usage('needs root');

/** How often to look: 600 times at most, and not more than once in two seconds. In milliseconds. */
const INTERVAL = Math.max(2000, (minutes * 60_000) / 600);

const compileStorm = (folder) => {
  const storm = join(folder, 'storm');
  execFileSync('cc', ['-O2', '-o', storm, join(ROOT, 'scripts/soak/storm.c')]);
  return storm;
};

const startLab = async (folder) => {
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, TEXT);
  const probe = join(ROOT, 'scripts/soak/probe.mjs');
  const words = ['--expose-gc', '--import', probe, join(ROOT, 'dist/main.js'), '-q', 'up', file];
  const env = { ...process.env, TUNPIKE_SOAK_BREAK: values.break ?? '' };
  const lab = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  let said = '';
  for await (const text of lab.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += text;
    if (/^ready/m.test(said)) break;
  }
  if (!/^ready/m.test(said)) throw new Error('the lab did not come up');
  lab.stdout.resume();
  return lab;
};

const sample = async (lab, begun) => {
  lab.send('sample');
  const [figures] = await once(lab, 'message', { signal: AbortSignal.timeout(60_000) });
  const { ledgers } = await ask(SOCKET, 'show', { what: 'status' });
  if (values.break === 'ledger') ledgers[0].dropped++;
  return { seconds: (performance.now() - begun) / 1000, ...figures, ledgers };
};

/** The table as lines: some of the samples, evenly spread. */
const tableOf = (samples) => {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const head = [
    's',
    'heap MB',
    'RSS MB',
    'files',
    'lag ms, median',
    '99 %',
    'forwarded a second',
    'dropped',
    'held',
    'ledgers',
  ];
  const step = Math.max(1, Math.ceil(samples.length / ROWS));
  const shown = samples.filter((_, at) => at % step === 0 || at === samples.length - 1);
  const sum = ({ ledgers }, what) => ledgers.reduce((total, ledger) => total + ledger[what], 0);
  const rows = shown.map((each, at) => {
    const before = shown[at - 1];
    const rate =
      before === undefined
        ? 0
        : (sum(each, 'forwarded') - sum(before, 'forwarded')) / (each.seconds - before.seconds);
    const isEven = each.ledgers.every((own) => ledgerFault(own) === undefined);
    const { heap, rss, descriptors, lag } = each;
    return [
      ...[
        each.seconds.toFixed(0),
        heap.toFixed(1),
        rss.toFixed(1),
        descriptors,
        lag.median.toFixed(2),
        lag.most.toFixed(2),
      ],
      ...[rate.toFixed(0), sum(each, 'dropped'), sum(each, 'held'), isEven ? 'add up' : 'do NOT add up'],
    ];
  });
  return [row(head), row(head.map(() => '---')), ...rows.map(row)];
};

const FIGURES = [
  { title: 'heap and array buffers after a collection, MB', of: ({ heap }) => heap },
  { title: 'resident memory, MB', of: ({ rss }) => rss },
  { title: 'open descriptors', of: ({ descriptors }) => descriptors },
  { title: 'lag of the event loop, 99 %, ms', of: ({ lag }) => lag.most },
  {
    title: 'forwarded by all routers, millions',
    of: ({ ledgers }) => ledgers.reduce((sum, own) => sum + own.forwarded, 0) / 1e6,
  },
];

const soak = async (folder) => {
  const peer = compilePeer(folder);
  const storm = compileStorm(folder);
  const lab = await startLab(folder);
  const isTerminal = process.stderr.isTTY === true;
  const samples = [];
  const endings = [];
  try {
    const seconds = Math.ceil(minutes * 60);
    for (const load of loads({ peer, storm, seconds: seconds + 10, seed })) {
      const child = startLoad(load);
      endings.push(() => child.kill());
    }
    for (const period of [7, 11, 60]) endings.push(readSlowly(SOCKET, period));
    endings.push(readSlowly(SOCKET, 23, 'capture'));
    const begun = performance.now();
    while (performance.now() - begun < seconds * 1000) {
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
      if (lab.exitCode !== null || lab.signalCode !== null)
        return { samples, broken: [`the program ended with ${lab.signalCode ?? lab.exitCode}`] };
      // Every time another configuration, while the load goes on.
      writeFileSync(join(folder, 'lab.yaml'), variant(samples.length));
      await ask(SOCKET, 'reload', {});
      samples.push(await sample(lab, begun));
      const { seconds: at, heap, rss } = samples.at(-1);
      const line = `${at.toFixed(0)} of ${seconds} s, heap ${heap.toFixed(1)} MB, RSS ${rss.toFixed(1)} MB`;
      if (isTerminal) process.stderr.write(`\r${line} `);
    }
    if (isTerminal) process.stderr.write('\n');
    return { samples, broken: judge(samples) };
  } finally {
    for (const end of endings) end();
    lab.kill('SIGTERM');
    if (lab.exitCode === null && lab.signalCode === null) await once(lab, 'exit');
  }
};

if (process.env[INSIDE] === undefined) {
  const words = [process.execPath, ...process.argv.slice(1)];
  const child = spawn('unshare', isolated(words), {
    env: { ...process.env, [INSIDE]: '1' },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill('SIGKILL'));
  const [code] = await once(child, 'exit');
  process.exit(code ?? 1);
}
const folder = mkdtempSync(join(tmpdir(), 'tunpike-soak-'));
try {
  const { samples, broken } = await soak(folder);
  const rises = ['heap', 'rss', 'descriptors'].map((figure) => {
    if (samples.length < 6) return '';
    const { more, allowed } = rise(samples, figure);
    return `${figure}: ${more.toFixed(2)} more over the second half, at most ${allowed.toFixed(2)} allowed`;
  });
  const text = [...tableOf(samples), '', ...rises, ...broken.map((line) => `BROKEN: ${line}`)].join('\n');
  console.log(text);
  if (values.out !== undefined && samples.length > 0) {
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, 'soak.md'), `${text}\n`);
    writeFileSync(join(values.out, 'soak.svg'), plot(samples, FIGURES));
  }
  if (broken.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
