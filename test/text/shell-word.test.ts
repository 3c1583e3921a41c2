import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/text/shell-word.js';

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

it('is one word to a shell, whatever it is', () => {
  const texts = fc
    .sample(fc.string({ unit: 'binary-ascii', maxLength: 12 }), 200)
    .map((text) => text.replaceAll('\0', ''));
  const script = texts.map((text) => `printf '%s\\0' ${shellWord(text)}`).join('\n');
  const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  expect(said).toBe(texts.map((text) => `${text}\0`).join(''));
});
