import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readText } from '../../src/config/read-text.js';
import type { Failure } from '../../src/failure.js';
import { failureOf } from '../support/failure.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

const refusalOf = (file: string): Failure => failureOf(() => readText(file));

describe('the text of a configuration file', () => {
  it('is read from a file, and from a pipe in pieces', () => {
    const file = join(folder, 'lab.yaml');
    writeFileSync(file, 'version: 1 # ü\n');
    expect(readText(file)).toBe('version: 1 # ü\n');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    spawn('sh', ['-c', `{ printf ver; sleep 0.1; printf 'sion: 1'; } > '${pipe}'`], { stdio: 'ignore' });
    expect(readText(pipe)).toBe('version: 1');
  });

  it('is read no further than to see that it is too long', () => {
    const file = join(folder, 'long.yaml');
    writeFileSync(file, Buffer.alloc(20_000_000, '#'));
    expect(readText(file).length).toBeGreaterThan(4_000_000);
    expect(readText(file).length).toBeLessThan(5_000_000);
  });

  it.each([
    ['/dev/zero', /not a file or a pipe/],
    ['/dev/null', /not a file or a pipe/],
    [folder, /it is a directory \(EISDIR\)/],
    [join(folder, 'none.yaml'), /no such file \(ENOENT\)/],
  ])('is refused from %s', (file, message) => {
    const failure = refusalOf(file);
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toMatch(message);
  });
});
