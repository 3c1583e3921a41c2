import {
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReadyFile } from '../../src/runtime/ready-file.js';

/** PID_MAX_LIMIT: no process has a higher number. Source: proc_sys_kernel(5), pid_max. */
const MOST_PROCESSES = 2 ** 22;

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

  it.each(['', `${MOST_PROCESSES + 1}\n`])('replaces %j, and not before the lab is ready', (text) => {
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

  it('replaces the number of a process that began after it was written, and of none that wrote it or may have', () => {
    const text = `${process.pid}\n`;
    writeFileSync(path, text);
    expect(() => new ReadyFile(path)).toThrow(expect.objectContaining({ exitCode: 6 }));
    const before = Date.now() / 1000 - process.uptime() - 3600;
    utimesSync(path, before, before);
    new ReadyFile(path).publish();
    expect(statSync(path).mtimeMs / 1000).toBeGreaterThan(before + 3000);
  });

  it.each(['', `${MOST_PROCESSES + 1}\n`])('replaces no file of another user: %j', (text) => {
    writeFileSync(path, text);
    chownSync(path, 65534, 65534);
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
