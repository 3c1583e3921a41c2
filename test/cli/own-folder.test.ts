import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTimeOf } from '../../src/host/process-identity.js';
import { RUNTIME_DIRECTORY_VARIABLE } from '../../src/host/runtime-directory.js';
import { tunpike } from './support.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpown-'));
  vi.stubEnv(RUNTIME_DIRECTORY_VARIABLE, folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('`ls`', () => {
  const write = (text: string): string => {
    const path = join(folder, 'evil.state.json');
    writeFileSync(path, text, { mode: 0o644 });
    return path;
  };

  it.each([
    ['{', 'it is no JSON'],
    ['', 'it is no JSON'],
    ['null', 'it is no state of an instance'],
    ['[]', 'it is no state of an instance'],
    ['{"format":1}', 'it is no state of an instance'],
  ])('names a state file that holds %j', async (text, why) => {
    const warning = `warning: ${write(text)} is not believed: ${why}\n`;
    for (const words of [['ls'], ['ls', '-q']])
      expect(await tunpike(...words)).toMatchObject({ exitCode: 0, stderr: warning });
    const { exitCode, stdout, stderr } = await tunpike('ls', '-j');
    expect([exitCode, stderr, Array.isArray(JSON.parse(stdout))]).toEqual([0, warning, true]);
  });

  it('names those in a folder that others may write', async () => {
    const path = write('{}');
    chmodSync(folder, 0o777);
    const { exitCode, stderr } = await tunpike('ls');
    expect([exitCode, stderr]).toEqual([
      0,
      `warning: ${path} is not believed: of its folder: others may write in it\n`,
    ]);
  });
});

describe('`down`', () => {
  it.each([
    [['down'], 5],
    [['down', '--force'], 0],
    [['down', 'lab', '--force'], 0],
  ])('removes the logs of starts that were killed, and nothing else: %j', async (words, code) => {
    const gone = spawnSync('true').pid;
    const living = `.starting.${process.pid}.${startTimeOf(process.pid)}`;
    const kept = [living, '.starting.note', `.starting.${gone}.1.bak`].sort();
    for (const name of [...kept, `.starting.${gone}.1`, `.starting.${process.pid}.1`])
      writeFileSync(join(folder, name), '');
    expect((await tunpike(...words)).exitCode).toBe(code);
    expect(readdirSync(folder).sort()).toEqual(kept);
  });
});
