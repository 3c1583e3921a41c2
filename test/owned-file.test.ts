import { execFileSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OwnedFile, writeWholeFile } from '../src/owned-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpowned-'));
  path = join(folder, 'file');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const wanted = () => ({ what: 'the ready file', path, text: '1\n', fix: 'name another file' });
const mayReplace = (text: string): boolean => text === 'old\n';
const prepared = (): OwnedFile => OwnedFile.prepare({ ...wanted(), mayReplace });

describe('a file that the program was told to write', () => {
  it('has its name only when it is whole, and is gone in the end', () => {
    const file = prepared();
    expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
    file.publish();
    expect(readFileSync(path, 'utf8')).toBe('1\n');
    expect(readdirSync(folder)).toEqual(['file']);
    file.remove();
    file.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing where it never got its name', () => {
    prepared().remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['a symbolic link', () => symlinkSync(join(folder, 'target'), path)],
    ['a directory', () => mkdirSync(path)],
    ['a pipe', () => execFileSync('mkfifo', [path])],
  ])('is refused where %s is', (kind, make) => {
    make();
    const before = lstatSync(path).ino;
    expect(prepared).toThrow(expect.objectContaining({ exitCode: 6, fix: 'name another file' }));
    expect(prepared).toThrow(`${path} cannot be the ready file: it is ${kind}`);
    expect(lstatSync(path).ino).toBe(before);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('is refused where a device is', () => {
    path = '/dev/full';
    expect(prepared).toThrow('/dev/full cannot be the ready file: it is a device');
    expect(lstatSync(path).isCharacterDevice()).toBe(true);
  });

  it('replaces a regular file that may be replaced, and not what has a hard link to it', () => {
    writeFileSync(path, 'old\n');
    linkSync(path, join(folder, 'other'));
    const file = prepared();
    expect(readFileSync(path, 'utf8')).toBe('old\n');
    file.publish();
    expect(readFileSync(path, 'utf8')).toBe('1\n');
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('old\n');
    file.remove();
  });

  it.each([['another text'], ['old\n'.repeat(2000)]])(
    'leaves a regular file that holds something else',
    (text) => {
      writeFileSync(path, text);
      expect(prepared).toThrow(/exists already and holds something else/);
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it.each<[string, () => void]>([
    ['a file', () => writeFileSync(path, 'mine')],
    ['a link', () => symlinkSync(join(folder, 'target'), path)],
  ])('leaves %s that came while it was prepared', (_, make) => {
    const file = prepared();
    make();
    const before = lstatSync(path).ino;
    expect(() => file.publish()).toThrow(expect.objectContaining({ exitCode: 6 }));
    expect(lstatSync(path).ino).toBe(before);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('leaves a file in the end that somebody else has put in its place', () => {
    const file = prepared();
    file.publish();
    // Whatever the file system does with the numbers of removed files, this one is another.
    unlinkSync(path);
    writeFileSync(path, 'mine');
    file.remove();
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('minds neither a file nor a folder that has gone', () => {
    const file = prepared();
    file.publish();
    renameSync(folder, `${folder}.moved`);
    try {
      file.remove();
    } finally {
      rmSync(`${folder}.moved`, { recursive: true });
    }
  });

  it.each(['', 'file/'])('is refused at once where `%s` names no file', (name) => {
    path = name === '' ? '' : `${folder}/${name}`;
    expect(prepared).toThrow(expect.objectContaining({ exitCode: 4, fix: 'name another file' }));
    expect(prepared).toThrow(`the ready file cannot be written: \`${path}\` is no name of a file`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says where and why it cannot be written', () => {
    path = join(folder, 'nowhere', 'file');
    expect(prepared).toThrow(expect.objectContaining({ exitCode: 4, fix: 'name another file' }));
    expect(prepared).toThrow(`the ready file ${path} cannot be written: ENOENT`);
  });
});

describe('a new file', () => {
  it('stays', () => {
    writeWholeFile(wanted());
    expect(readFileSync(path, 'utf8')).toBe('1\n');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it.each<[string, () => void]>([
    ['an empty file', () => writeFileSync(path, '')],
    ['a link to nothing', () => symlinkSync(join(folder, 'target'), path)],
  ])('is never written over %s', (_, make) => {
    make();
    expect(() => writeWholeFile(wanted())).toThrow(`${path} exists already`);
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
