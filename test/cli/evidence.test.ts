import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareFolder } from '../../src/cli/test/evidence.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpevidence-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the folder of the evidence', () => {
  it('is made, and loses what an earlier run left, and nothing else', () => {
    const fresh = join(folder, 'a', 'b');
    expect(prepareFolder(fresh)).toBe(fresh);
    for (const name of ['capture.pcapng', 'drops.json', 'events.jsonl', 'notes'])
      writeFileSync(join(fresh, name), 'old');
    prepareFolder(fresh);
    expect(readdirSync(fresh)).toEqual(['notes']);
  });

  const kinds: readonly (readonly [string, (path: string) => void])[] = [
    ['a symbolic link', (path) => symlinkSync(join(folder, 'target'), path)],
    ['a pipe', (path) => void execFileSync('mkfifo', [path])],
    ['a directory', (path) => mkdirSync(path)],
  ];
  const cases = kinds.flatMap(([kind, make]) =>
    ['capture.pcapng', 'drops.json', 'events.jsonl'].map((name) => [kind, name, make] as const),
  );
  it.each(cases)('is refused where %s is called %s, and nothing is removed', (kind, name, make) => {
    const path = join(folder, name);
    make(path);
    const other = join(folder, name === 'drops.json' ? 'capture.pcapng' : 'drops.json');
    writeFileSync(other, 'old');
    const { ino } = lstatSync(path);
    expect(() => prepareFolder(folder)).toThrow(
      expect.objectContaining({
        exitCode: 6,
        message: `${path} cannot be written as evidence: it is ${kind}`,
        fix: 'remove it, or name another folder: --evidence DIR',
      }),
    );
    expect(lstatSync(path).ino).toBe(ino);
    expect(readFileSync(other, 'utf8')).toBe('old');
  });

  it.each([[[]], [['below']]])('is refused where a file stands in its place: %j', (below) => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    expect(() => prepareFolder(join(file, ...below))).toThrow(
      expect.objectContaining({ exitCode: 6, fix: 'name another folder: --evidence DIR' }),
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});
