import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReadyFile } from '../../src/runtime/ready-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpready-'));
  path = join(folder, 'ready');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the ready file', () => {
  it('leaves nothing in its folder before the lab is ready, and after its end', () => {
    const file = new ReadyFile(path);
    expect(readdirSync(folder)).toEqual([]);
    file.publish();
    expect(readdirSync(folder)).toEqual(['ready']);
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
    file.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['', '4711\n'])('replaces %j, and not before the lab is ready', (text) => {
    writeFileSync(path, text);
    const file = new ReadyFile(path);
    file.remove();
    expect(readFileSync(path, 'utf8')).toBe(text);
    file.publish();
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
    file.remove();
  });

  it('is refused early where it cannot be written, or something else is there', () => {
    expect(() => new ReadyFile(join(folder, 'nowhere', 'ready'))).toThrow(
      expect.objectContaining({ exitCode: 4 }),
    );
    writeFileSync(path, 'precious\n');
    expect(() => new ReadyFile(path)).toThrow(expect.objectContaining({ exitCode: 6 }));
    expect(readdirSync(folder)).toEqual(['ready']);
  });

  it('does not replace what came meanwhile', () => {
    const file = new ReadyFile(path);
    writeFileSync(path, 'precious\n');
    expect(() => file.publish()).toThrow(expect.objectContaining({ exitCode: 6 }));
    file.remove();
    expect(readFileSync(path, 'utf8')).toBe('precious\n');
    expect(readdirSync(folder)).toEqual(['ready']);
  });
});
