import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { report, routerWithQuerier } from './labs.mjs';
import { compilePeer, startAndWait, stop } from './processes.mjs';

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;
const LAG = new URL('./lag.mjs', import.meta.url).href;
const INTERFACES = 8;
const GROUPS = 10_000;
const RATE = 10_000;

const numbers = Array.from({ length: INTERFACES }, (_, at) => at);

const labText = (id) => {
  const lines = (each) => numbers.map(each).join('\n');
  return `version: 1
name: ${id}
links: { ${numbers.map((at) => `l${at}: {}`).join(', ')} }
hosts:
${lines((at) => `  ${id}h${at}: { interfaces: { l${at}: { address: 203.0.${100 + at}.10/24, routes: [default], device: ${id}-${at} } } }`)}
routers:
  r1:
    interfaces:
${lines((at) => `      l${at}: { address: 203.0.${100 + at}.1/24, igmp: { max-groups: ${GROUPS} } }`)}
`;
};

/** A router with eight queriers, and somebody behind each who sends reports. */
const start = async (folder, lagFile) => {
  const id = `tpi${process.pid % 100_000}`;
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, labText(id));
  const peer = compilePeer(folder);
  const env = { ...process.env, TUNPIKE_BENCH_LAG: lagFile };
  const child = await startAndWait(process.execPath, ['--import', LAG, MAIN, '-q', 'up', file], env);
  const memory = () => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(/RssAnon:\s+(\d+) kB/.exec(status)[1]) / 1000;
  };
  return {
    memory,
    /** Every 20th report is a leave where `leaves`. */
    send: (at, count, leaves) => {
      const words = [peer, 'report', `${id}-${at}`, count, RATE, GROUPS, leaves ? 20 : 0].map(String);
      execFileSync('ip', ['netns', 'exec', `${id}h${at}`, ...words]);
    },
    shown: () => {
      const words = [MAIN, '-n', id, 'show', 'igmp', '--json'];
      return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
    },
    measure: () => child.kill('SIGWINCH'),
    close: () => stop(child),
  };
};

/**
 * What 10,000 groups on each of eight interfaces take, in megabytes of the process's own; and how late its event loop
 * is, in milliseconds, while another 10,000 reports a second come in by TUN devices.
 */
export const benchReports = async (seconds = 5) => {
  const folder = mkdtempSync(join(tmpdir(), 'tunpike-bench-'));
  const lagFile = join(folder, 'lag.json');
  try {
    const lab = await start(folder, lagFile);
    try {
      const before = lab.memory();
      for (const at of numbers) lab.send(at, GROUPS, false);
      const groups = lab.shown().reduce((sum, each) => sum + each.groups, 0);
      const after = lab.memory();
      const heededBefore = lab.shown()[0].received['report-v3'];
      lab.measure();
      lab.send(0, RATE * seconds, true);
      lab.measure();
      while (!existsSync(lagFile)) await new Promise((resolve) => setTimeout(resolve, 20));
      const heeded = lab.shown()[0].received['report-v3'] - heededBefore;
      const lag = JSON.parse(readFileSync(lagFile, 'utf8'));
      return { sent: RATE * seconds, heeded, lag, groups, before, after };
    } finally {
      await lab.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/**
 * What a report costs, in nanoseconds, for each of some numbers of groups that the interface has: a refreshed
 * membership of one group, and each time of another one. In memory; the numbers take turns.
 */
export const benchReportCost = (counts, rounds = 9, reports = 100_000) => {
  const routers = counts.map((count) => {
    const receive = routerWithQuerier(Math.max(...counts));
    for (let group = 0; group < count; group++) receive(report(group));
    // As many different reports, whatever the number of groups, so that the processor's cache has the same to hold.
    const refreshed = Array.from({ length: 1000 }, (_, at) => report(Math.floor((at * count) / 1000)));
    return { receive, refreshed };
  });
  const results = counts.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, { receive, refreshed }] of routers.entries()) {
      const begun = process.cpuUsage();
      for (let sent = 0; sent < reports; sent++) receive(refreshed[sent % refreshed.length]);
      const { user, system } = process.cpuUsage(begun);
      if (round > 0) results[at].push(((user + system) * 1000) / reports);
    }
  return results;
};
