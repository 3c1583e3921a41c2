import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/parse-yaml.js';
import { Report } from '../../src/config/problem-report.js';

/** A report on this file. */
const reportOn = (text: string): Report => {
  const report = new Report('lab.yaml');
  report.locateIn(parseYaml(text, report)!);
  return report;
};
const placesOf = ({ problems }: Report): readonly string[] =>
  problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);

describe('a report', () => {
  it('places an error at the value or the key that a path leads to, a warning at the key unless told', () => {
    const report = reportOn('a:\n  b: 1\n  c: [2, 3]\n');
    report.error('E-TYPE', ['a', 'b'], 'value', 'fix');
    report.errorAtKey('E-TYPE', ['a', 'b'], 'key', 'fix');
    report.error('E-TYPE', ['a', 'c', 1], 'item', 'fix');
    report.warning('W-UNUSED', ['a', 'c'], 'warned', 'fix');
    report.warning('W-UNUSED', ['a', 'c'], 'warned at the value', 'fix', 'value');
    expect(placesOf(report)).toEqual([
      'lab.yaml:2:3 key',
      'lab.yaml:2:6 value',
      'lab.yaml:3:3 warned',
      'lab.yaml:3:6 warned at the value',
      'lab.yaml:3:10 item',
    ]);
  });

  it('has everything at the beginning before it knows where anything is', () => {
    const report = new Report('lab.yaml');
    report.error('E-TYPE', ['a', 'b'], 'message', 'fix');
    expect(report.problems).toEqual([
      {
        file: 'lab.yaml',
        line: 1,
        column: 1,
        severity: 'error',
        code: 'E-TYPE',
        path: 'a.b',
        message: 'message',
        fix: 'fix',
      },
    ]);
    expect([report.omitted, report.excerpts.size]).toEqual([0, 0]);
  });

  it('has its own file first, then others file by file, errors and warnings in the order of lines and columns', () => {
    const report = new Report('z.yaml');
    const at = (line: number, column: number, file?: string): void =>
      report.at(
        { line, column, ...(file === undefined ? {} : { file, excerpt: `line ${line}` }) },
        'E-TYPE',
        [],
        'm',
        'f',
        line === 2 ? 'warning' : 'error',
      );
    for (const [line, column, file] of [[1, 1, 'b.txt'], [3, 1], [1, 9], [2, 5], [1, 2], [2, 4], [2, 1, 'a.txt']] as const) at(line, column, file); // biome-ignore format: short
    expect(placesOf(report)).toEqual([
      'z.yaml:1:2 m',
      'z.yaml:1:9 m',
      'z.yaml:2:4 m',
      'z.yaml:2:5 m',
      'z.yaml:3:1 m',
      'a.txt:2:1 m',
      'b.txt:1:1 m',
    ]);
    expect([...report.excerpts].map(([{ line }, text]) => `${line} ${text}`)).toEqual([
      '1 line 1',
      '2 line 2',
    ]);
  });

  it('says the same of the same place once, and what differs in file, place, code or words twice', () => {
    const report = new Report('lab.yaml');
    const say = (line: number, column: number, code: 'E-TYPE' | 'E-KEY', words: string, file?: string) =>
      report.at({ line, column, ...(file === undefined ? {} : { file, excerpt: '' }) }, code, [], words, 'f');
    for (const [line, column, code, words, file] of [[1, 1, 'E-TYPE', 'm'], [1, 2, 'E-TYPE', 'm'], [2, 1, 'E-TYPE', 'm'], [1, 1, 'E-KEY', 'm'], [1, 1, 'E-TYPE', 'n'], [1, 1, 'E-TYPE', 'm', 'a.txt']] as const)
      for (let times = 0; times < 3; times += 1) say(line, column, code, words, file); // biome-ignore format: short
    expect(report.problems).toHaveLength(6);
    say(1, 1, 'E-TYPE', 'm', 'lab.yaml');
    expect(report.problems).toHaveLength(6);
    expect(report.omitted).toBe(0);
    report.at({ line: 1, column: 1 }, 'E-TYPE', ['another', 'path'], 'm', 'another fix');
    expect(report.problems[0]).toMatchObject({ path: '', message: 'm', fix: 'f' });
  });

  it('knows below which paths there is an error, whatever the warnings', () => {
    const report = new Report('lab.yaml');
    report.warning('W-UNUSED', ['a'], 'm', 'f');
    report.at({ line: 1, column: 1 }, 'W-UNUSED', ['a'], 'another', 'f', 'warning');
    expect([report.hasErrors, report.isFaulty(), report.isFaulty('a')]).toEqual([false, false, false]);
    report.error('E-TYPE', ['a', 'b', 0], 'm', 'f');
    report.error('E-TYPE', ['a', 'c'], 'm', 'f');
    expect(report.hasErrors).toBe(true);
    const isFaulty = (...path: (string | number)[]): boolean => report.isFaulty(...path);
    expect([
      isFaulty(),
      isFaulty('a'),
      isFaulty('a', 'b'),
      isFaulty('a', 'b', 0),
      isFaulty('a', 'c'),
    ]).toEqual(Array(5).fill(true));
    expect([isFaulty('b'), isFaulty('a', 'b', 1), isFaulty('a', 'c', 0), isFaulty('a', 'd')]).toEqual(
      Array(4).fill(false),
    );
  });

  it('cuts what is longer than five hundred characters, and keeps from a terminal what it would obey', () => {
    const report = new Report('lab.yaml');
    for (const length of [500, 501]) report.error('E-TYPE', ['p'.repeat(length)], 'm'.repeat(length), 'f'.repeat(length));
    const lengths = report.problems.map(({ path, message, fix }) => [path, message, fix].map((each) => each.length));
    expect(lengths).toEqual([[500, 500, 500], [501, 501, 501]]);
    for (const { message } of report.problems.slice(1)) expect(message.slice(-2)).toBe('m…');
    report.error('E-KEY', ['\u001b'], '\u001b', '\u001b');
const { path, message, fix } = report.problems.at(-1)!;
    expect([path, message, fix]).toEqual(Array(3).fill('\\u001b'));
  }); // biome-ignore format: short

  it('keeps ten thousand errors and as many warnings, and counts the others', () => {
    const report = new Report('lab.yaml');
    for (let line = 1; line <= 10_002; line += 1) report.at({ line, column: 1 }, 'E-TYPE', [], 'm', 'f');
    for (let line = 1; line <= 10_001; line += 1) report.at({ line, column: 1 }, 'W-MTU', [], 'm', 'f', 'warning');
    const kept = (severity: string) => report.problems.filter((each) => each.severity === severity).length;
    expect([kept('error'), kept('warning'), report.omitted]).toEqual([10_000, 10_000, 3]);
    report.omit(5);
    expect(report.omitted).toBe(8);
  }); // biome-ignore format: short

  it('looks for what a misspelt word means until it has compared two hundred thousand words', () => {
    const report = new Report('lab.yaml');
    expect(report.nearest('lnks', Array(199_999).fill(''))).toBeUndefined();
    expect(report.nearest('lnks', ['links'])).toBe('links');
    expect(report.nearest('lnks', ['links'])).toBeUndefined();
    const another = new Report('lab.yaml');
    another.nearest('lnks', Array(200_000).fill(''));
    expect(another.nearest('lnks', ['links'])).toBeUndefined();
  });
});
