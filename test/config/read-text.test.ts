import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nameOf, readText } from '../../src/config/read-text.js';
import { whyUnreadable } from '../../src/config/unreadable.js';
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

  it('comes from stdin where it is called `-`, whatever that is, and nobody closes it', () => {
    const file = join(folder, 'stdin.yaml');
    writeFileSync(file, 'version: 1');
    const stdin = openSync(file, 'r');
    try {
      expect(readText('-', stdin)).toBe('version: 1');
      expect(readSync(stdin, Buffer.alloc(9), 0, 9, 0)).toBe(9);
    } finally {
      closeSync(stdin);
    }
    const nothing = openSync('/dev/null', 'r');
    try {
      expect(readText('-', nothing)).toBe('');
    } finally {
      closeSync(nothing);
    }
    expect(readText(file, nothing)).toBe('version: 1');
  });

  it('is called stdin where it comes from there, or else by its file', () => {
    expect([nameOf('-'), nameOf('lab.yaml'), nameOf('')]).toEqual(['stdin', 'lab.yaml', '']);
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
    ['/dev/null/lab.yaml', /: a folder of its path is a file \(ENOTDIR\)$/],
  ])('is refused from %s', (file, message) => {
    const failure = refusalOf(file);
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toMatch(message);
  });

  it('is refused from a socket, and from a terminal that is not there, each by what it is', async () => {
    const path = join(folder, 'socket');
    const server = createServer().listen(path);
    await once(server, 'listening');
    try {
      expect(refusalOf(path).message).toBe(`cannot read ${path}: it is a socket (ENXIO)`);
    } finally {
      server.close();
    }
    const noTerminal = Object.assign(new Error("ENXIO: no such device or address, open '/dev/tty'"), {
      code: 'ENXIO',
    });
    for (const file of ['/dev/tty', join(folder, 'gone')])
      expect(whyUnreadable(noTerminal, file)).toBe('it is a device that is not there (ENXIO)');
    expect(whyUnreadable(new Error('x'), 'y')).toBe('x');
    const unknown = Object.assign(new Error("ESTALE: stale file handle, open 'x'"), { code: 'ESTALE' });
    expect(whyUnreadable(unknown, 'x')).toBe('stale file handle (ESTALE)');
  });

  it('is refused with what would help, where something would, and nothing stays open', () => {
    const [loop, none] = [join(folder, 'loop'), join(folder, 'none.yaml')];
    symlinkSync(loop, loop);
    expect(refusalOf(none)).toMatchObject({
      message: `cannot read ${none}: no such file (ENOENT)`,
      fix: `tunpike init ${none}`,
    });
    expect(refusalOf(loop)).toMatchObject({
      message: `cannot read ${loop}: its links lead in a circle (ELOOP)`,
      fix: undefined,
    });
    expect(refusalOf('/dev/null').message).toBe('cannot read /dev/null: it is not a file or a pipe');
    expect(refusalOf(join(folder, 'x'.repeat(300))).message).toMatch(/ is too long \(ENAMETOOLONG\)$/);
    const file = join(folder, 'lab.yaml');
    writeFileSync(file, 'version: 1');
    const before = readdirSync('/proc/self/fd').length;
    for (let times = 0; times < 20; times += 1) {
      refusalOf('/dev/null');
      refusalOf(folder);
      readText(file);
    }
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 10);
  });
});
