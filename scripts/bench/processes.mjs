import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PEER = new URL('./peer.c', import.meta.url).pathname;

/** Compiles the C programs into a folder. */
export const compilePeer = (folder) => {
  const peer = join(folder, 'peer');
  execFileSync('cc', ['-O2', '-o', peer, PEER]);
  return peer;
};

export const ip = (...words) => execFileSync('ip', words, { encoding: 'utf8' });

/** Starts a program and waits for its line that begins with `ready`. */
export const startAndWait = (command, args, env = process.env) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    let said = '';
    const hear = (text) => {
      said += text;
      if (/^ready/m.test(said)) resolve(child);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });

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

/** Processor time that a process has used, in microseconds; the kernel counts it in ticks of 10 ms. */
export const processorTime = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
};

/** Packets that a device gave to its kernel: what the relay wrote. */
export const arrived = (namespace, device) =>
  JSON.parse(ip('-j', '-s', '-n', namespace, 'link', 'show', 'dev', device))[0].stats64.rx.packets;
