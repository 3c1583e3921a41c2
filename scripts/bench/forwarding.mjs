import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labBetween } from './labs.mjs';
import { arrived, compilePeer, ip, processorTime, startAndWait, stop } from './processes.mjs';

/** Seconds of traffic before anything is counted: a compiler at run time has its say first. */
const WARM_UP = 1;

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;

/**
 * Datagrams a second from one namespace to another through a relay on two TUN devices: 64 octets of UDP, one flow,
 * sent as fast as it goes; and what each of them costs the relay in microseconds of processor time. The relays take
 * turns, so that a noisy machine is noisy to all.
 */
export const benchForwarding = async (rounds = 5, seconds = 2) => {
  const folder = mkdtempSync(join(tmpdir(), 'tunpike-bench-'));
  const peer = compilePeer(folder);
  const relays = { 'C relay': cRelay(peer), tunpike: tunpike(folder) };
  const results = Object.fromEntries(Object.keys(relays).map((name) => [name, []]));
  try {
    for (let round = 0; round < rounds; round++)
      for (const [name, relay] of Object.entries(relays))
        results[name].push(await measure(relay, peer, seconds));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return results;
};

const measure = async (relay, peer, seconds) => {
  const lab = await relay();
  try {
    const inside = (namespace, ...words) => ['netns', 'exec', namespace, ...words];
    const sink = await startAndWait('ip', inside(lab.bob, peer, 'sink', String(WARM_UP + seconds + 2)));
    const blast = (time) =>
      execFileSync('ip', inside(lab.alice, peer, 'blast', '203.0.113.10', String(time), '64'));
    blast(WARM_UP);
    const before = arrived(lab.bob, lab.device);
    const used = processorTime(lab.pid);
    const begun = performance.now();
    blast(seconds);
    const elapsed = (performance.now() - begun) / 1000;
    const datagrams = arrived(lab.bob, lab.device) - before;
    const cost = (processorTime(lab.pid) - used) / datagrams;
    await stop(sink);
    return { rate: datagrams / elapsed, cost };
  } finally {
    await lab.close();
  }
};

const names = () => {
  const id = `tpb${process.pid % 100_000}`;
  return { id, alice: `${id}a`, bob: `${id}b`, device: `${id}-b` };
};

const cRelay = (peer) => async () => {
  const { id, alice, bob, device } = names();
  const child = await startAndWait(peer, ['relay', `${id}-r`, device]);
  const close = async () => {
    await stop(child);
    for (const namespace of [alice, bob]) ip('netns', 'del', namespace);
  };
  for (const [namespace, end, address, gateway] of [
    [alice, `${id}-r`, '198.51.100.10/24', '198.51.100.1'],
    [bob, device, '203.0.113.10/24', '203.0.113.1'],
  ]) {
    ip('netns', 'add', namespace);
    ip('link', 'set', end, 'netns', namespace);
    ip('-n', namespace, 'addr', 'add', address, 'dev', end);
    ip('-n', namespace, 'link', 'set', end, 'up');
    ip('-n', namespace, 'route', 'add', 'default', 'via', gateway);
  }
  return { alice, bob, device, pid: child.pid, close };
};

const tunpike = (folder) => async () => {
  const { id, alice, bob, device } = names();
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, labBetween(alice, bob, id));
  const child = await startAndWait(process.execPath, [MAIN, '-q', 'up', file]);
  return { alice, bob, device, pid: child.pid, close: () => stop(child) };
};

/** Milliseconds from starting the program on a two-host lab to the first answered ping of the far host. */
export const benchStart = async (rounds = 5) => {
  const folder = mkdtempSync(join(tmpdir(), 'tunpike-bench-'));
  const times = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const begun = performance.now();
      const lab = await tunpike(folder)();
      try {
        execFileSync('ip', ['netns', 'exec', lab.alice, 'ping', '-c', '1', '-W', '5', '203.0.113.10']);
        times.push(performance.now() - begun);
      } finally {
        await lab.close();
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return times;
};
