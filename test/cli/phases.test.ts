import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTimeOf } from '../../src/host/process-identity.js';
import { RUNTIME_DIRECTORY_VARIABLE } from '../../src/host/runtime-directory.js';
import { StateFile } from '../../src/host/state-writing.js';
import { state } from '../host/state.js';
import { Background } from '../support/background.js';
import { until } from '../support/kernel.js';
import { standInstance } from './instance.js';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

let folder: string;
let standIn: ChildProcess;
let file: StateFile;

/** A lab that is starting, by its state file. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpphases-'));
  standIn = spawn('sleep', ['600'], { stdio: 'ignore' });
  const pid = standIn.pid!;
  const socket = join(folder, 'lab.sock');
  file = StateFile.claim(state({ pid, startTime: startTimeOf(pid)!, socket, phase: 'starting' }), folder);
});

afterEach(() => {
  standIn.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const started = (...words: readonly string[]): Background => {
  const environment = { ...process.env, [RUNTIME_DIRECTORY_VARIABLE]: folder, TUNPIKE_NAME: undefined };
  return new Background([process.execPath, MAIN, ...words], environment);
};

describe('a lab that is starting', () => {
  it('is waited for until it answers', async () => {
    const instance = await standInstance();
    const asking = started('show', 'status');
    try {
      // It may have looked, or not yet: it answers only now.
      file.update({ socket: join(instance.env[RUNTIME_DIRECTORY_VARIABLE]!, 'lab.sock') });
      await expect(asking.ended(1000)).rejects.toThrow();
      file.update({ phase: 'running' });
      expect(await asking.ended(), asking.stderr).toBe(0);
      expect([asking.stdout, asking.stderr]).toEqual([expect.stringContaining('lab is running'), '']);
    } finally {
      await asking.kill();
      await instance.close();
    }
  });

  it('is said to be no more where its start fails', async () => {
    // By its name, for on a slow machine the question may come only when the lab is gone.
    const asking = started('-n', 'lab', 'show', 'status');
    try {
      await expect(asking.ended(1000)).rejects.toThrow();
      file.remove();
      expect(await asking.ended()).toBe(5);
      expect(asking.stderr).toContain('no instance lab is running');
    } finally {
      await asking.kill();
    }
  });

  it('is listed as such, and `down` stops it as soon as it has started', async () => {
    const listing = started('ls', '-j');
    expect(await listing.ended()).toBe(0);
    // Other labs of this machine are listed, too.
    expect(JSON.parse(listing.stdout)).toContainEqual(
      expect.objectContaining({ name: 'lab', state: 'starting', pid: standIn.pid }),
    );
    const down = started('down');
    try {
      await until(() => standIn.signalCode !== null, 10_000, 'the signal');
      expect(standIn.signalCode).toBe('SIGTERM');
      // A real one has removed this by then.
      file.remove();
      await down.ended();
    } finally {
      await down.kill();
    }
  });

  it('says on a terminal what is waited for, and takes it away', async () => {
    const typed = `'${process.execPath}' '${MAIN}' show status`;
    const environment = { ...process.env, [RUNTIME_DIRECTORY_VARIABLE]: folder, TUNPIKE_NAME: undefined };
    const terminal = new Background(['script', '-qec', typed, '/dev/null'], environment);
    try {
      await terminal.printed(/lab is starting …/);
      file.remove();
      expect(await terminal.ended()).toBe(5);
      expect(terminal.stdout).toContain('lab is starting …\r\u001b[K');
    } finally {
      await terminal.kill();
    }
  });
});
