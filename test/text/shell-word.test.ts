import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from '../../src/text/printable.js';
import { shellFile, shellWord } from '../../src/text/shell-word.js';

it('leaves what no shell takes apart as it is', () => {
  for (const word of ['lab.yaml', '/etc/tunpike/büro_2.yaml', '../a-b', 'x=1,2:3@4+5%'])
    expect(shellWord(word)).toBe(word);
});

it('quotes what a shell would take apart', () => {
  expect(shellWord('my lab.yaml')).toBe("'my lab.yaml'");
  expect(shellWord("it's.yaml")).toBe("'it'\\''s.yaml'");
  expect(shellWord('a; reboot')).toBe("'a; reboot'");
  expect(shellWord('')).toBe("''");
});

it('writes what a terminal would obey so that it is seen, and is still the same word', () => {
  expect(shellWord('no\u001b[41m.yaml')).toBe("$'no\\033[41m.yaml'");
  expect(shellWord("a\n1'\\")).toBe("$'a\\0121\\'\\\\'");
  expect(shellWord('\u202e')).toBe("$'\\342\\200\\256'");
});

it('names a file that begins with a dash by its folder', () => {
  expect(shellFile('--new.yaml')).toBe('./--new.yaml');
  expect(shellFile('-my lab')).toBe("'./-my lab'");
  expect(shellFile('a-b.yaml')).toBe('a-b.yaml');
  expect(shellFile('-')).toBe('-');
});

it.each([
  ['sh', (text: string) => printable(text) === text],
  ['bash', () => true],
])('is one word to %s, whatever it is', (shell, isKnown) => {
  const texts = fc
    .sample(fc.string({ unit: 'binary-ascii', maxLength: 12 }), 400)
    .map((text) => text.replaceAll('\0', ''))
    .filter(isKnown);
  const script = texts.map((text) => `printf '%s\\0' ${shellWord(text)}`).join('\n');
  const said = execFileSync(shell, ['-c', script], { encoding: 'utf8' });
  expect(said).toBe(texts.map((text) => `${text}\0`).join(''));
});
