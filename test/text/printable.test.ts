import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableColumns, printableLines } from '../../src/text/printable.js';

describe('a text for a terminal', () => {
  it.each([
    ['\u001b[2J', '\\u001b[2J'],
    ['\u009b2J', '\\u009b2J'],
    ['a\u007fb\u0000', 'a\\u007fb\\u0000'],
    ['a\nb\r\n\tc', 'a\\nb\\r\\n\\tc'],
    ['\u202eabc\u202c', '\\u202eabc\\u202c'],
    ['\u2066x\u2069', '\\u2066x\\u2069'],
    ['Grüße, 你好, 🙂 `x`', 'Grüße, 你好, 🙂 `x`'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('has nothing that a terminal obeys, whatever it was, and keeps its columns where they matter', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    const obeyed = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(obeyed);
        expect(printableColumns(text)).not.toMatch(obeyed);
        expect(printableColumns(text).length).toBe(text.length);
      }),
    );
  });

  it('keeps its lines where it has several', () => {
    expect(printableLines('a\nb\u001b\n')).toBe('a\nb\\u001b\n');
  });
});
