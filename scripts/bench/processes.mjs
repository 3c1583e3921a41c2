import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const PEER = new URL('./peer/', import.meta.url).pathname;

/** Compiles the C programs into a folder, as one program. */
export const compilePeer = (folder) => {
  const peer = join(folder, 'peer');
  const sources = readdirSync(PEER).filter((file) => file.endsWith('.c'));
  const words = ['-O2', '-pthread', '-o', peer, ...sources.map((file) => join(PEER, file))];
  execFileSync('cc', words);
  return peer;
};

export const ip = (...words) => execFileSync('ip', words, { encoding: 'utf8' });

/** The words that run a command in a namespace, on one processor where one is told. */
const words = (namespace, command, cpu) => [
  ...['netns', 'exec', namespace],
  ...(cpu === undefined ? [] : ['taskset', '-c', String(cpu)]),
  ...command.map(String),
];

/** Nothing takes longer, in milliseconds. */
const PATIENCE = 60_000;

/** Runs a command in a namespace to its end, and gives what it printed as JSON. */
export const ask = (namespace, command, cpu) =>
  JSON.parse(execFileSync('ip', words(namespace, command, cpu), { encoding: 'utf8', timeout: PATIENCE }));

/** Starts a program and waits for what it says when it is ready: a line that begins so, unless told otherwise. */
export const startAndWait = (command, args, env = process.env, ready = /^ready/m) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    let said = '';
    const hear = (text) => {
      said += text;
      if (ready.test(said)) resolve(child);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });

/** The same in a namespace, on one processor where one is told. */
export const startIn = (namespace, command, cpu, ready) =>
  startAndWait('ip', words(namespace, command, cpu), process.env, ready);

const ended = (child) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve));

export const stop = async (child) => {
  child.removeAllListeners('exit');
  const end = ended(child);
  child.kill('SIGTERM');
  await end;
};

/** The last processor is the routers', where there are several; programs that are pinned have the first. */
export const ROUTER_CPU = availableParallelism() > 1 ? availableParallelism() - 1 : undefined;
export const PROGRAM_CPU = ROUTER_CPU === undefined ? undefined : 0;

/** Keeps all threads of a process on one processor. */
export const pin = (pid, cpu) => {
  if (cpu !== undefined && pid !== undefined)
    execFileSync('taskset', ['-acp', String(cpu), String(pid)], { stdio: 'ignore' });
};

/** Processor time that a process has used, in microseconds. */
export const processorTime = (pid) => {
  const threads = readdirSync(`/proc/${pid}/task`);
  const of = (thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return threads.reduce((sum, thread) => sum + of(thread), 0) / 1000;
};

/** Processor time that the whole machine has used, in microseconds; the kernel counts it in ticks of 10 ms. */
export const machineTime = () => {
  const [user, nice, system, , , interrupt, soft] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupt + soft) * 10_000;
};

/** Resident memory of a process, in megabytes: now, and at most so far. */
export const memory = (pid) => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (key) => Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status)[1]) / 1000;
  return { now: of('VmRSS'), most: of('VmHWM') };
};

/**
 * Datagrams of one length, an IPv4 datagram's of UDP, that a device gave to its kernel: what the relay wrote. Several
 * that were written as one have one header.
 */
export const written = (namespace, device, length) => {
  const shown = JSON.parse(ip('-j', '-s', '-n', namespace, 'link', 'show', 'dev', device));
  const { packets, bytes } = shown[0].stats64.rx;
  return (bytes - 28 * packets) / (length - 28);
};

/** UDP datagrams that have come to the ports of a namespace, read or not. */
export const arrivedByUdp = (namespace) => {
  const text = execFileSync('ip', ['netns', 'exec', namespace, 'cat', '/proc/net/snmp'], {
    encoding: 'utf8',
  });
  const [names, values] = text.split('\n').filter((line) => line.startsWith('Udp:'));
  const of = (name) => Number(values.split(' ')[names.split(' ').indexOf(name)]);
  return of('InDatagrams') + of('InErrors');
};
