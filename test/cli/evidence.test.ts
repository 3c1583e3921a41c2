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
import { Evidence } from '../../src/cli/test/evidence.js';
import { EvidenceFolder } from '../../src/cli/test/evidence-folder.js';
import { sectionHeader } from '../../src/observe/capture/pcapng.js';
import type { RunningLab } from '../../src/runtime/running-lab.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpevidence-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a run writes, and what looks like it and is of others. */
const OURS: Readonly<Record<string, string | Uint8Array>> = {
  'capture.pcapng': sectionHeader('tunpike test'),
  'drops.json': JSON.stringify([{ router: 'r1', reason: 'no-route', packets: 1, octets: 84 }]),
  'events.jsonl': `${JSON.stringify({ time: '2026-01-01T00:00:00Z', type: 'drop' })}\n`,
};
const FOREIGN: Readonly<Record<string, readonly (string | Uint8Array)[]>> = {
  'capture.pcapng': ['mine\n', sectionHeader('another program')],
  'drops.json': ['mine\n', '{}', '[{"reason": "mine"}]', '[null]', 'null'],
  'events.jsonl': ['mine\n', '{"time": 1}\n', `${OURS['events.jsonl']}mine\n`, 'null\n'],
};
const NAMES = Object.keys(OURS);

const opened: EvidenceFolder[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});
const prepareFolder = (path: string): EvidenceFolder => {
  const prepared = new EvidenceFolder(path);
  opened.push(prepared);
  return prepared;
};
const LAB = { follow: () => () => {}, show: () => [{ packets: 1 }] } as unknown as RunningLab;

describe('the folder of the evidence', () => {
  it('is made, and loses what an earlier run left only when the lab is up, and nothing else', () => {
    const fresh = join(folder, 'a', 'b');
    expect(prepareFolder(fresh).path).toBe(fresh);
    for (const name of NAMES) writeFileSync(join(fresh, name), OURS[name]!);
    writeFileSync(join(fresh, 'notes'), 'old');
    const prepared = prepareFolder(fresh);
    expect(readdirSync(fresh).toSorted()).toEqual([...NAMES, 'notes'].toSorted());
    new Evidence(LAB, prepared).keep(false);
    expect(readdirSync(fresh)).toEqual(['notes']);
  });

  it.each(NAMES.flatMap((name) => FOREIGN[name]!.map((text) => [name, text] as const)))(
    'is refused where a %s is there that no run has written, and nothing is removed: %j',
    (name, text) => {
      for (const each of NAMES) writeFileSync(join(folder, each), each === name ? text : OURS[each]!);
      expect(() => prepareFolder(folder)).toThrow(
        expect.objectContaining({
          exitCode: 6,
          message: `${join(folder, name)} exists already, and is no evidence of an earlier run`,
          fix: 'move it away, or name another folder: --evidence DIR',
        }),
      );
      expect(readdirSync(folder).toSorted()).toEqual(NAMES.toSorted());
      expect(readFileSync(join(folder, name))).toEqual(Buffer.from(text));
    },
  );

  it('takes empty files for those of nobody', () => {
    for (const name of NAMES) writeFileSync(join(folder, name), '');
    new Evidence(LAB, prepareFolder(folder)).keep(false);
    expect(readdirSync(folder)).toEqual([]);
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
    writeFileSync(other, '');
    const { ino } = lstatSync(path);
    expect(() => prepareFolder(folder)).toThrow(
      expect.objectContaining({
        exitCode: 6,
        message: `${path} cannot be written as evidence: it is ${kind}`,
        fix: 'move it away, or name another folder: --evidence DIR',
      }),
    );
    expect(lstatSync(path).ino).toBe(ino);
    expect(readdirSync(folder)).toHaveLength(2);
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
    const prepared = prepareFolder(join(folder, 'evidence'));
    place = prepared.path;
    evidence = new Evidence(LAB, prepared);
    evidence.end();
    writeFileSync(target(), 'mine');
  });

  it('replaces what another run with the same folder has written', () => {
    const long = Array.from({ length: 1000 }, () => ({ reason: 'no-route', packets: 1, octets: 84 }));
    writeFileSync(join(place, 'drops.json'), JSON.stringify(long));
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

  it('leaves alone what somebody has written under its names while the program ran, and says so', () => {
    writeFileSync(join(place, 'drops.json'), 'mine');
    evidence.keep(true);
    expect(readFileSync(join(place, 'drops.json'), 'utf8')).toBe('mine');
    expect(evidence.files).toEqual([join(place, 'events.jsonl')]);
    expect(evidence.failures).toMatchObject([
      { exitCode: 6, message: expect.stringMatching(`^${join(place, 'drops.json')} cannot be evidence`) },
    ]);
  });

  it.each([true, false])(
    'takes its capture out of a folder that was moved away (failed: %s)',
    (hasFailed) => {
      writeFileSync(join(place, 'capture.pcapng'), OURS['capture.pcapng']!);
      writeFileSync(join(place, 'notes'), 'mine');
      renameSync(place, join(folder, 'moved'));
      mkdirSync(place);
      writeFileSync(join(place, 'capture.pcapng'), OURS['capture.pcapng']!);
      evidence.keep(hasFailed);
      expect(readdirSync(join(folder, 'moved'))).toEqual(['notes']);
      expect(readdirSync(place)).toEqual(['capture.pcapng']);
      expect(evidence.failures).toMatchObject(hasFailed ? [{ exitCode: 6 }] : []);
    },
  );

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
