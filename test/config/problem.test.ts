import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/config/configuration.js';
import { formatProblem, formatProblems } from '../../src/config/problem.js';

const problem = (fields: Partial<Problem> = {}): Problem => ({
  file: 'lab.yaml',
  line: 2,
  column: 8,
  severity: 'error',
  code: 'E-MTU',
  path: 'links.red.mtu',
  message: 'too small',
  fix: 'write more',
  ...fields,
});

it('says where, what, shows the line with a marker, and says what mends it', () => {
  expect(formatProblem(problem(), '  mtu: 1', false)).toBe(
    'lab.yaml:2:8: error[E-MTU]: too small\n2 |   mtu: 1\n           ^\nfix: write more',
  );
});

it('says that a warning is one', () => {
  const text = formatProblem(problem({ severity: 'warning', code: 'W-MTU' }), '  mtu: 1', false);
  expect(text).toContain('lab.yaml:2:8: warning[W-MTU]: ');
});

it('colors only where it is told to', () => {
  expect(formatProblem(problem(), '', true)).toContain('\u001b[');
  expect(formatProblem(problem(), '', false)).not.toContain('\u001b[');
});

it('shows the part of a long line that matters, and no character that a terminal obeys', () => {
  const text = formatProblem(
    problem({ line: 1, column: 501 }),
    `${'a'.repeat(500)}\u001b[2J${'b'.repeat(500)}`,
    false,
  );
  const [, shown, marker] = text.split('\n');
  expect(shown!.length).toBeLessThan(120);
  expect(shown![marker!.indexOf('^')]).toBe(' ');
  expect(shown!.slice(marker!.indexOf('^') + 1)).toMatch(/^\[2Jb/);
  expect(text).not.toContain('\u001b');
});

it('shows no character of a name, a message or a line that a terminal obeys', () => {
  const evil = '\u001b[2J\u009b1m\u202e\r\n';
  const text = formatProblem(problem({ file: evil, message: evil, fix: evil }), evil, false);
  expect(text.split('\n')).toHaveLength(4);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u0080-\u009f\u202a-\u202e]/);
});

describe('many problems', () => {
  const many = (count: number, severity: Problem['severity']): Problem[] =>
    Array.from({ length: count }, (_, at) => problem({ line: at + 1, message: `m${at}`, severity }));
  const shown = (problems: readonly Problem[], omitted = 0): readonly string[] => [
    ...formatProblems({ problems, omitted, excerpts: new Map() }, 'a\nb\n', false),
  ];

  it('are shown in order up to a hundred, and the others are counted', () => {
    expect(shown(many(100, 'error'))).toHaveLength(100);
    const texts = shown(many(120, 'error'), 7);
    expect(texts).toHaveLength(101);
    expect(texts[0]).toContain('m0');
    expect(texts[99]).toContain('m99');
    expect(texts[100]).toBe('… and 27 more problems');
    expect(shown(many(101, 'error'))[100]).toBe('… and 1 more problem');
  });

  it('are errors before warnings, and in the order of the file all the same', () => {
    const problems = [...many(150, 'warning'), problem({ line: 200, message: 'the error' })];
    const texts = shown(problems);
    expect(texts[99]).toContain('the error');
    expect(texts[98]).toContain('m98');
    expect(texts[100]).toBe('… and 51 more problems');
  });

  it('quote the line of another file where they are about one', () => {
    const elsewhere = problem({ file: 'table.txt', line: 9 });
    const [text] = formatProblems(
      { problems: [elsewhere], omitted: 0, excerpts: new Map([[elsewhere, '10.0.0.0/8 via x']]) },
      'a\n',
      false,
    );
    expect(text).toContain('table.txt:9:8');
    expect(text).toContain('9 | 10.0.0.0/8 via x');
  });
});

describe('the line of a problem', () => {
  const textOf = (column: number, source: string): readonly string[] =>
    formatProblem(problem({ line: 12, column }), source, false).split('\n');
  const digits = (count: number): string => Array.from({ length: count }, (_, at) => at % 10).join('');

  it('is shown up to a hundred characters, with the marker below the column', () => {
    for (const column of [1, 50, 100]) {
      const [, shown, marker] = textOf(column, digits(300));
      expect(shown).toBe(`12 | ${digits(100)}`);
      expect(marker).toBe(`${' '.repeat(5 + column - 1)}^`);
    }
  });

  it('is shown from fifty characters before a column that is further to the right', () => {
    for (const column of [101, 250]) {
      const [, shown, marker] = textOf(column, digits(300));
      expect(shown).toBe(`12 | ${digits(300).slice(column - 50, column + 50)}`);
      expect(marker).toBe(`${' '.repeat(5 + 49)}^`);
    }
  });

  it.each(['a\nb\nc', 'a\r\nb\r\nc', 'a\rb\rc'])('is the second of %j', (text) => {
    const shown = (line: number): string =>
      [
        ...formatProblems({ problems: [problem({ line })], omitted: 0, excerpts: new Map() }, text, false),
      ][0]!;
    expect(shown(1)).toContain('\n1 | a\n');
    expect(shown(2)).toContain('\n2 | b\n');
    expect(shown(4)).toContain('\n4 | \n');
  });

  it('has the color of an error or a warning, and is without a line that tells of others where there are none', () => {
    const [error, warning] = (['error', 'warning'] as const).map((severity) =>
      formatProblem(problem({ severity }), 'x', true),
    );
    expect(error).toContain('\u001b[31m');
    expect(error).not.toContain('\u001b[33m');
    expect(warning).toContain('\u001b[33m');
    expect([...formatProblems({ problems: [], omitted: 0, excerpts: new Map() }, '', false)]).toEqual([]);
    expect([...formatProblems({ problems: [], omitted: 2, excerpts: new Map() }, '', false)]).toEqual([
      '… and 2 more problems',
    ]);
  });
});
