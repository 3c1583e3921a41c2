import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrived, compilePeer, ip, processorTime, startAndWait, stop } from './processes.mjs';

/** Seconds of traffic before anything is counted: a compiler at run time has its say first. */
const WARM_UP = 1;

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;
const GROUP = '239.1.2.3';

const range = (count) => Array.from({ length: count }, (_, at) => at);

/** A sender and so many receivers, each in a namespace and on a link of its own. */
const placesFor = (receivers, mark) => {
  const id = `tpf${process.pid % 100_000}${mark}`;
  return {
    id,
    sender: { namespace: `${id}s`, device: `${id}-s`, network: '198.51.100' },
    receivers: range(receivers).map((at) => ({
      namespace: `${id}r${at}`,
      device: `${id}-${at}`,
      network: `203.0.${100 + at}`,
    })),
  };
};

const labText = ({ id, sender, receivers }) => {
  const all = [sender, ...receivers];
  const lines = (each) => all.map(each).join('\n');
  return `version: 1
name: ${id}
links: { ${all.map((_, at) => `l${at}: {}`).join(', ')} }
hosts:
${lines(({ namespace, device, network }, at) => `  ${namespace}: { interfaces: { l${at}: { address: ${network}.10/24, routes: [default], device: ${device} } } }`)}
routers:
  r1:
    interfaces:
${lines(({ network }, at) => `      l${at}: { address: ${network}.1/24${at === 0 ? '' : `, igmp: { static-groups: [{ group: ${GROUP} }] }`} }`)}
`;
};

const tunpike = (folder) => async (places) => {
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, labText(places));
  const child = await startAndWait(process.execPath, [MAIN, '-q', 'up', file]);
  return { pid: child.pid, close: () => stop(child) };
};

const cLoop = (peer) => async (places) => {
  const all = [places.sender, ...places.receivers];
  const child = await startAndWait(peer, ['fan', ...all.map(({ device }) => device)]);
  for (const { namespace, device, network } of all) {
    ip('netns', 'add', namespace);
    ip('link', 'set', device, 'netns', namespace);
    ip('-n', namespace, 'addr', 'add', `${network}.10/24`, 'dev', device);
    ip('-n', namespace, 'link', 'set', device, 'up');
    ip('-n', namespace, 'route', 'add', 'default', 'via', `${network}.1`);
  }
  const close = async () => {
    await stop(child);
    for (const { namespace } of all) ip('netns', 'del', namespace);
  };
  return { pid: child.pid, close };
};

/**
 * Datagrams of 1400 octets that each receiver of a group gets a second, through tunpike and through the C loop, and what
 * each of them costs in microseconds of processor time. Both stay up and take turns in short blasts, so that a
 * machine that is slow for a while is slow to both.
 */
export const benchFanOut = async (receivers, rounds = 15, seconds = 0.5) => {
  const folder = mkdtempSync(join(tmpdir(), 'tunpike-bench-'));
  const peer = compilePeer(folder);
  const relays = { 'C loop': cLoop(peer), tunpike: tunpike(folder) };
  const labs = [];
  try {
    for (const [name, relay] of Object.entries(relays)) {
      const places = placesFor(receivers, 'ct'[labs.length]);
      labs.push({ name, places, results: [], ...(await relay(places)) });
    }
    for (const lab of labs) blast(peer, lab, WARM_UP);
    for (let round = 0; round < rounds; round++)
      for (const lab of labs) lab.results.push(measure(peer, lab, seconds));
    return Object.fromEntries(labs.map(({ name, results }) => [name, results]));
  } finally {
    for (const lab of labs) await lab.close();
    rmSync(folder, { recursive: true });
  }
};

const blast = (peer, { places }, time) =>
  execFileSync('ip', ['netns', 'exec', places.sender.namespace, peer, 'blast', GROUP, String(time), '1400']);

const measure = (peer, lab, seconds) => {
  const { receivers } = lab.places;
  const count = () => receivers.reduce((sum, { namespace, device }) => sum + arrived(namespace, device), 0);
  const before = count();
  const used = processorTime(lab.pid);
  const begun = performance.now();
  blast(peer, lab, seconds);
  const elapsed = (performance.now() - begun) / 1000;
  const datagrams = count() - before;
  return { rate: datagrams / receivers.length / elapsed, cost: (processorTime(lab.pid) - used) / datagrams };
};
