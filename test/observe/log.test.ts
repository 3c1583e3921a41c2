import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, type LogOptions } from '../../src/observe/log.js';
import { printable } from '../../src/text/printable.js';

let folder: string;
let file: string;
let descriptor: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tplog-'));
  file = join(folder, 'log');
  descriptor = openSync(file, 'w');
});

afterEach(() => {
  closeSync(descriptor);
  rmSync(folder, { recursive: true, force: true });
});

const log = (options: Partial<LogOptions> = {}) =>
  createLog({ level: 'info', format: 'json', color: false, instance: 'lab', descriptor, ...options });

describe('the log', () => {
  it('writes one JSON object a line, before it returns', () => {
    log().info('r1.red is up', { link: 'red' });
    const [line = '', rest] = readFileSync(file, 'utf8').split('\n');
    expect(rest).toBe('');
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      instance: 'lab',
      link: 'red',
      msg: 'r1.red is up',
    });
  });

  it('leaves out what is below its level', () => {
    const quiet = log({ level: 'error' });
    quiet.warn('no');
    quiet.error('yes');
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('is pretty, one line each, without colors where they are not wanted', () => {
    log({ format: 'pretty' }).warn('careful', { link: 'red' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\[[\d:.]+\] WARN: careful \{"link":"red"\}\n$/);
  });

  it.each([true, false])('is pretty without anything that a terminal would obey, but colors: %s', (color) => {
    const odd = 'a\u001b[2J\nb\u009b\u202e\u0007';
    log({ format: 'pretty', color }).warn(odd, { reason: odd });
    const line = readFileSync(file, 'utf8');
    expect(line).toMatch(
      /^[^\n]*a\[2J\\nb\\u202e[^\n]*\{"reason":"a\\u001b\[2J\\nb\\u009b\\u202e\\u0007"\}[^\n]*\n$/,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colors are made of
    const plain = line.replace(/\u001b\[\d+m/g, '').replace(/\n$/, '');
    expect(printable(plain)).toBe(plain);
    expect(plain !== line.trimEnd()).toBe(color);
  });

  it('is JSON by itself where it does not go to a terminal', () => {
    log({ format: 'auto' }).info('a');
    expect(readFileSync(file, 'utf8')).toMatch(/^\{/);
  });

  it('says nothing at level silent', () => {
    log({ level: 'silent' }).fatal('a');
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});
