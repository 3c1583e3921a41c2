import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';

const DIST = join(import.meta.dirname, '../../dist/observe/log-file.js');

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tplog-'));
  path = join(folder, 'lab.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script whose stderr is the log, as that of a detached lab. */
const written = (script: string): void => {
  const program = `import { LogFile } from ${JSON.stringify(DIST)};\n${script}`;
  execFileSync('sh', [
    '-c',
    'exec "$0" --input-type=module -e "$1" 2>>"$2"',
    process.execPath,
    program,
    path,
  ]);
};

const read = (name = path): string[] => readFileSync(name, 'utf8').split('\n').slice(0, -1);

describe('the log of a detached lab', () => {
  it('never gets longer than it may, keeps the last lines, and as much before them', () => {
    written(`
      const log = new LogFile(${JSON.stringify(path)}, 1000);
      for (let i = 0; i < 200; i++) log.write('line ' + String(i).padStart(14) + '\\n');
      console.error('and what a crash says');
    `);
    expect(statSync(path).size).toBeLessThanOrEqual(1000 + 22);
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1000);
    const all = [...read(`${path}.1`), ...read()];
    expect(all.at(-1)).toBe('and what a crash says');
    const numbers = all.slice(0, -1).map((line) => Number(line.slice(5)));
    expect(numbers.length).toBeGreaterThan(50);
    expect(numbers).toEqual(numbers.map((_, i) => 200 - numbers.length + i));
  });

  it('gets the name of its lab in place of an older one, and goes on under it', () => {
    const name = join(folder, 'other.log');
    for (const old of [name, `${name}.1`]) writeFileSync(old, 'old\n');
    written(`
      const log = new LogFile(${JSON.stringify(path)}, 100);
      log.write('before\\n');
      log.rename(${JSON.stringify(name)});
      for (let i = 0; i < 20; i++) log.write('after ' + i + '\\n');
    `);
    const all = [...read(`${name}.1`), ...read(name)];
    expect(all).not.toContain('old');
    expect(all.at(-1)).toBe('after 19');
  });
});

describeKernel('the log of a detached lab on a full disk', ['mount'], () => {
  it('loses lines, says how many, and goes on', () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'none', folder]);
    try {
      written(`
        import { rmSync, writeFileSync } from 'node:fs';
        const log = new LogFile(${JSON.stringify(path)}, 1e6);
        const full = ${JSON.stringify(join(folder, 'full'))};
        writeFileSync(full, 'x'.repeat(4096));
        for (let i = 0; i < 3; i++) log.write('y'.repeat(1999) + '\\n');
        log.write('lost, too\\n');
        rmSync(full);
        log.write('back\\n');
      `);
      const [first, second, torn, report, last, ...rest] = read();
      expect([first?.length, second?.length, torn?.length]).toEqual([1999, 1999, 96]);
      expect(JSON.parse(report ?? '')).toMatchObject({ level: 'warn', lines: 2 });
      expect([last, rest]).toEqual(['back', []]);
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});
