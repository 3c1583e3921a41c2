import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Evidence, prepareFolder } from '../../src/cli/test/evidence.js';
import type { RunningLab } from '../../src/runtime/running-lab.js';

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

describe('the evidence', () => {
  let evidence: Evidence;
  let place: string;
  const target = (): string => join(folder, 'target');

  beforeEach(() => {
    place = prepareFolder(join(folder, 'evidence'));
    const lab = { follow: () => () => {}, show: () => [{ packets: 1 }] } as unknown as RunningLab;
    evidence = new Evidence(lab, place);
    evidence.end();
    writeFileSync(target(), 'mine');
  });

  it('replaces what another run with the same folder has written', () => {
    writeFileSync(join(place, 'drops.json'), 'x'.repeat(10_000));
    evidence.keep(true);
    expect(JSON.parse(readFileSync(join(place, 'drops.json'), 'utf8'))).toEqual([{ packets: 1 }]);
    expect(readdirSync(place).toSorted()).toEqual(['drops.json', 'events.jsonl']);
    expect(evidence.files).toEqual([join(place, 'drops.json'), join(place, 'events.jsonl')]);
    expect(evidence.failures).toEqual([]);
  });

  it('follows no link that came while the program ran, and is written as far as it can be', () => {
    symlinkSync(target(), join(place, 'drops.json'));
    symlinkSync(target(), join(place, 'capture.pcapng'));
    evidence.keep(true);
    expect(readFileSync(target(), 'utf8')).toBe('mine');
    expect(evidence.files).toEqual([join(place, 'events.jsonl')]);
    expect(evidence.failures).toMatchObject([
      { exitCode: 6, message: expect.stringContaining('drops.json') },
    ]);
  });

  it('goes into no other folder that is in the place of its own by then', () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    renameSync(place, join(folder, 'moved'));
    symlinkSync(other, place);
    evidence.keep(true);
    expect(readdirSync(other)).toEqual([]);
    expect(evidence.failures).toMatchObject([{ exitCode: 6 }]);
  });

  it('leaves what somebody has put in the place of the capture, where nothing has failed', () => {
    writeFileSync(join(place, 'capture.pcapng'), 'mine');
    evidence.keep(false);
    expect(readFileSync(join(place, 'capture.pcapng'), 'utf8')).toBe('mine');
    expect(evidence.failures).toEqual([]);
  });
});
