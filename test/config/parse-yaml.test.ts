import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/parse-yaml.js';
import { Report } from '../../src/config/problem-report.js';
import type { Tree } from '../../src/config/tree.js';

const read = (text: string): { readonly tree: Tree | undefined; readonly said: readonly string[] } => {
  const report = new Report('lab.yaml');
  const tree = parseYaml(text, report);
  const said = report.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  return { tree, said };
};
/** The values of a tree, without their places. */
const valuesOf = (tree: Tree): unknown => {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'sequence') return tree.items.map(valuesOf);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, valuesOf(value)]));
};
const plainOf = (text: string): unknown => valuesOf(read(text).tree!);

describe('a YAML file', () => {
  it('is read with the value and the text of everything', () => {
    const { tree } = read('a: 0x10\nb: "x"\nc: ~\nd: [true, 1.50]\ne:\n');
    expect(tree).toMatchObject({
      kind: 'mapping',
      place: { line: 1, column: 1 },
      entries: new Map<string, unknown>([
        ['a', { place: { line: 1, column: 1 }, value: { kind: 'scalar', place: { line: 1, column: 4 }, value: 16, source: '0x10' } }],
        ['b', { place: { line: 2, column: 1 }, value: { kind: 'scalar', place: { line: 2, column: 4 }, value: 'x', source: 'x' } }],
        ['c', { place: { line: 3, column: 1 }, value: { kind: 'scalar', place: { line: 3, column: 4 }, value: null, source: '~' } }],
        ['d', { place: { line: 4, column: 1 }, value: { kind: 'sequence', place: { line: 4, column: 4 }, items: [
          { kind: 'scalar', place: { line: 4, column: 5 }, value: true, source: 'true' },
          { kind: 'scalar', place: { line: 4, column: 11 }, value: 1.5, source: '1.50' },
        ] } }],
        ['e', { place: { line: 5, column: 1 }, value: { kind: 'scalar', place: { line: 5, column: 3 }, value: null, source: '' } }],
      ]),
    });
  }); // biome-ignore format: a tree

  it('has names as they are written, those that YAML takes for numbers, too', () => {
    expect(plainOf('1: a\n0x10: b\ntrue: c\n1.0: d\n"q": e\n')).toEqual({ 1: 'a', '0x10': 'b', true: 'c', '1.0': 'd', q: 'e' });
    expect(read('~: 1').said).toEqual(['1:1 the key is not plain text']);
    expect(read('a: 1\n? {}\n: 2').said).toEqual(['2:3 the key is not plain text']);
  }); // biome-ignore format: short

  it('has nothing where a key stands alone', () => {
    expect(plainOf('? a')).toEqual({ a: null });
    expect(plainOf('x: { b, ? c }')).toEqual({ x: { b: null, c: null } });
  });

  it('has what an alias stands for: the nearest anchor before it', () => {
    expect(plainOf('a: &x 1\nb: *x\nc: &x [2]\nd: *x')).toEqual({ a: 1, b: 1, c: [2], d: [2] });
    expect(read('a: 1\nb: *undefined').said).toEqual(['2:4 the alias `*undefined` has no anchor before it']);
    expect(read('a: &x [*x]').said).toEqual(['1:8 the alias `*x` is inside its own anchor']);
    expect(plainOf('a: &x [1]\nb: [*x, *x]')).toEqual({ a: [1], b: [[1], [1]] });
  });

  it('is one document, of YAML 1.2', () => {
    expect(plainOf('%YAML 1.2\n---\na: 1')).toEqual({ a: 1 });
    expect(read('%YAML 1.1\n---\na: 1').said).toEqual(['1:1 YAML version 1.1 is not supported']);
    expect(read('---\n---\na: 1').said).toEqual(['2:1 a second document in one file']);
    expect(read('---\na: 1').said).toEqual([]);
    for (const empty of ['', '# nothing\n', '\n'])
      expect(read(empty).said).toEqual(['1:1 the file is empty']);
    expect(read('a: "x').said).toEqual(['1:6 not valid YAML: missing closing "quote']);
    expect(read('- 1').said).toEqual(['1:1 the file is not a mapping']);
  });
});

describe('a YAML file may be', () => {
  const DEEP = ['1:1 the file is nested too deeply'];
  const isDeep = (text: string): boolean => read(text).said[0] === DEEP[0];

  it('a million characters long', () => {
    const ofLength = (length: number): string => `a: 1 #${'x'.repeat(length - 6)}`;
    expect(read(ofLength(1_000_000)).said).toEqual([]);
    expect(read(ofLength(1_000_001)).said).toEqual(['1:1 the file is longer than 1000000 characters']);
  });

  it('nested in fifty brackets, which end where they are closed', () => {
    const nested = (depth: number): string => `a: ${'['.repeat(depth)}x${']'.repeat(depth)}`;
    expect([isDeep(nested(50)), isDeep(nested(51))]).toEqual([false, true]);
    const braces = (depth: number): string => `${'{a: '.repeat(depth)}x${'}'.repeat(depth)}`;
    expect([isDeep(braces(50)), isDeep(braces(51))]).toEqual([false, true]);
    expect(isDeep(`a: [${'[x], {y: 1}, '.repeat(60)}]\n`)).toBe(false);
    expect(isDeep(`a: [x]\nb: {}\n${nested(50)}`)).toBe(false);
    for (const [open, close] of [['[', ']'], ['{', '}']]) {
      const reopened = (again: number): string => `${open!.repeat(40)}x${close!.repeat(20)}${open!.repeat(again)}`;
      expect([isDeep(reopened(30)), isDeep(reopened(31))]).toEqual([false, true]);
    }
    expect(isDeep(`]]${'['.repeat(51)}`)).toBe(true);
  }); // biome-ignore format: short

  it('nested in fifty indicators of a line', () => {
    for (const indicator of ['- ', '? ']) {
      const nested = (depth: number): string => `${indicator.repeat(depth)}x\n`;
      expect([isDeep(nested(50)), isDeep(nested(51))], indicator).toEqual([false, true]);
      expect(isDeep(nested(1) + nested(50))).toBe(false);
    }
    expect(isDeep('- x\n'.repeat(60))).toBe(false);
    expect(isDeep('- x\r\n'.repeat(60))).toBe(false);
  });

  it('indented by two hundred spaces, and have any number of them elsewhere', () => {
    const indented = (spaces: number): string => `a:\n${' '.repeat(spaces)}b: 1`;
    const TOO_FAR = ['1:1 the file is indented by more than 200 spaces'];
    expect([read(indented(200)).said, read(indented(201)).said]).toEqual([[], TOO_FAR]);
    expect(plainOf(`a:${' '.repeat(300)}1`)).toEqual({ a: 1 });
    expect(plainOf(`a: [1,${' '.repeat(300)}2]`)).toEqual({ a: [1, 2] });
  });

  const many = (count: number): string => `[${Array(count).fill('x').join()}]`;
  /** A file of so many values and 99002 others. */
  const file = (rest: number): string =>
    `a: &a ${many(998)}\nb: [${Array(98).fill('*a').join()}]\nc: ${many(rest)}`;

  it('a hundred thousand values, with those that aliases stand for', () => {
    expect(read(file(998))).toEqual({ tree: expect.objectContaining({ kind: 'mapping' }), said: [] });
  });

  it.each([999, 1010])('no more, and that is told once: 99002 and %d', (rest) => {
    const said = ['3:2001 the file has more than 100000 values, those of aliases included'];
    expect(read(file(rest))).toEqual({ tree: undefined, said });
  });
});
