import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolders } from '../src/make-folders.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpfolders-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('makes a folder and those that lead to it, and again without harm', () => {
  const path = join(folder, 'a/b/c');
  for (const _ of [1, 2]) makeFolders(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

it('says why it cannot, also where the parent is there and takes nothing', () => {
  writeFileSync(join(folder, 'file'), '');
  const code = (word: string) => expect.objectContaining({ code: word });
  expect(() => makeFolders(join(folder, 'file'))).toThrow(code('EEXIST'));
  expect(() => makeFolders(join(folder, 'file/a'))).toThrow(code('ENOTDIR'));
  expect(() => makeFolders('/proc/none/a')).toThrow(code('ENOENT'));
});
