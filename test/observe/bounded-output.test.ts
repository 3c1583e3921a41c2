import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoundedOutput } from '../../src/observe/bounded-output.js';
import { createLog } from '../../src/observe/log.js';
import { describeKernel } from '../support/kernel.js';

let folder: string;
let fifo: string;
let reader: number;
let writer: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpoutput-'));
  fifo = join(folder, 'fifo');
  spawnSync('mkfifo', [fifo]);
  // Linux opens a FIFO for both without waiting for another end.
  reader = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  writer = openSync(fifo, 'w');
});

afterEach(() => {
  closeSync(reader);
  closeSync(writer);
  rmSync(folder, { recursive: true, force: true });
});

const LINE = `${'x'.repeat(999)}\n`;

/** Reads until a text was read. */
const readUntil = async (end: string): Promise<string> => {
  let text = '';
  const octets = new Uint8Array(65_536);
  const read = (): number => {
    try {
      return readSync(reader, octets);
    } catch {
      return 0;
    }
  };
  await expect
    .poll(
      () => {
        for (let length = read(); length > 0; length = read())
          text += Buffer.from(octets.subarray(0, length));
        return text.includes(end);
      },
      { timeout: 10_000, interval: 5 },
    )
    .toBe(true);
  return text;
};

describe('a bounded output', () => {
  it('never waits for a reader that does not read, and says what was lost when it does', async () => {
    let lost = 0;
    const output = new BoundedOutput(writer, (lines) => {
      lost += lines;
      output.write(`lost ${lines}\n`);
    });
    const startedAt = performance.now();
    for (let line = 0; line < 20_000; line += 1) output.write(LINE);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    const text = await readUntil('lost ');
    expect(lost).toBeGreaterThan(10_000);
    // Each line is either read or counted.
    expect(text.split('\n').filter((line) => line === LINE.trim()).length + lost).toBe(20_000);
    expect(text.endsWith(`lost ${lost}\n`)).toBe(true);
  });

  it('keeps text that has an end, however much it is, in its place between the lines', async () => {
    const output = new BoundedOutput(writer, () => expect.unreachable());
    output.write('begin\n');
    for (let line = 0; line < 400; line += 1) output.keep(LINE);
    output.write('middle\n');
    output.keep('end');
    expect(await readUntil('end')).toBe(`begin\n${LINE.repeat(400)}middle\nend`);
  });

  it('loses what a full disk does not take, and nothing else', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const lost: number[] = [];
      const output = new BoundedOutput(full, (lines) => {
        lost.push(lines);
        output.write('lost\n');
      });
      for (let line = 0; line < 100; line += 1) output.write(LINE);
      await expect.poll(() => lost, { timeout: 3000 }).toEqual([100]);
      // The report itself was lost, too, and the next one tells of the same lines.
      await expect.poll(() => lost, { timeout: 3000 }).toEqual([100, 100]);
    } finally {
      closeSync(full);
    }
  });

  it('is quiet when its reader has gone', () => {
    let reports = 0;
    const output = new BoundedOutput(writer, () => {
      reports += 1;
    });
    output.write(LINE);
    closeSync(reader);
    for (let line = 0; line < 1000; line += 1) output.write(LINE);
    expect(reports).toBe(0);
    reader = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  });

  it('writes to a file at once', () => {
    const file = join(folder, 'file');
    const descriptor = openSync(file, 'a');
    new BoundedOutput(descriptor, () => {}).write('a line\n');
    expect(readFileSync(file, 'utf8')).toBe('a line\n');
    closeSync(descriptor);
  });
});

describeKernel('the log of a lab in the foreground on a full disk', ['mount'], () => {
  it('ends a line that was written in part, and says what kept it from the rest', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'tpfull-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'none', disk]);
    const [file, full] = [join(disk, 'log'), join(disk, 'full')];
    writeFileSync(full, 'x'.repeat(4096));
    const descriptor = openSync(file, 'a');
    try {
      const log = createLog({ level: 'info', format: 'json', color: false, descriptor });
      for (let line = 0; line < 4; line += 1) log.info('y'.repeat(1500));
      const torn = readFileSync(file, 'utf8');
      expect([torn.length, torn.endsWith('\n')]).toEqual([4096, false]);
      rmSync(full);
      const lines = (): string[] => readFileSync(file, 'utf8').split('\n');
      await expect.poll(() => lines().length, { timeout: 5000 }).toBe(5);
      expect(readFileSync(file, 'utf8').startsWith(`${torn}\n{`)).toBe(true);
      expect(JSON.parse(lines()[3]!)).toMatchObject({
        lines: 2,
        msg: '2 lines of the log were lost: they could not be written (ENOSPC)',
      });
    } finally {
      closeSync(descriptor);
      execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true });
    }
  });
});
