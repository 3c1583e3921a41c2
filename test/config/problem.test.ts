import { expect, it } from 'vitest';
import type { Problem } from '../../src/config/configuration.js';
import { formatProblem } from '../../src/config/problem.js';

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
  expect(formatProblem(problem(), 'a: 1\n  mtu: 1\n', false)).toBe(
    'lab.yaml:2:8: error[E-MTU]: too small\n2 |   mtu: 1\n           ^\nfix: write more',
  );
});

it('says that a warning is one', () => {
  const text = formatProblem(problem({ severity: 'warning', code: 'W-MTU' }), 'a: 1\n  mtu: 1\n', false);
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
