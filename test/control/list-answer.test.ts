import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListAnswer } from '../../src/control/list-answer.js';

/** Feeds a text cut at some octets; gives what came out by then. */
const fed = (text: string, cuts: readonly number[]) => {
  const octets = Buffer.from(text);
  const answer = new ListAnswer();
  const elements: unknown[] = [];
  const borders = [...new Set(cuts.map((each) => each % (octets.length + 1)))].sort((a, b) => a - b);
  let begin = 0;
  for (const end of [...borders, octets.length]) {
    elements.push(...answer.take(octets.subarray(begin, end)));
    begin = end;
  }
  return { answer, elements };
};

const response = (result: unknown, indent?: number): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id: 1, result }, null, indent).replaceAll('\n', '\r')}\n`;

/** Texts that look like the structure around them. */
const AWKWARD = fc.string({
  unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', '\n', 'é', '😀', 'a'),
});
const VALUE = fc.oneof(fc.jsonValue({ maxDepth: 4 }), AWKWARD, fc.dictionary(AWKWARD, fc.array(AWKWARD)));
const CUTS = fc.array(fc.nat(), { maxLength: 30 });

describe('the elements of an answer', () => {
  it('are those that JSON.parse finds, wherever the pieces of the answer end', () => {
    fc.assert(
      fc.property(fc.array(VALUE), CUTS, fc.constantFrom(undefined, 1), (list, cuts, indent) => {
        const text = response(list, indent);
        const { answer, elements } = fed(text, cuts);
        expect(elements).toEqual(JSON.parse(text).result);
        expect(answer.isWhole).toBe(true);
        expect(JSON.parse(answer.rest)).toEqual({ jsonrpc: '2.0', id: 1, result: [] });
      }),
      { numRuns: 1000 },
    );
  });

  it('are none where the result is no list: it is in the rest', () => {
    fc.assert(
      fc.property(fc.dictionary(AWKWARD, VALUE), CUTS, (result, cuts) => {
        const text = response(result);
        const { answer, elements } = fed(text, cuts);
        expect(elements).toEqual([]);
        expect(answer.rest).toBe(text.slice(0, -1));
      }),
    );
  });

  it('come out octet by octet as soon as they are complete, and are held no longer', () => {
    const text = response([{ a: [1, 2] }, '],', 3]);
    const answer = new ListAnswer();
    const seen: [string, unknown][] = [];
    let most = 0;
    for (const octet of Buffer.from(text)) {
      for (const each of answer.take(Buffer.from([octet]))) seen.push([String.fromCharCode(octet), each]);
      most = Math.max(most, answer.heldLength);
    }
    expect(seen).toEqual([
      [',', { a: [1, 2] }],
      [',', '],'],
      [']', 3],
    ]);
    expect(most).toBeLessThan(text.length);
  });

  it('are not those of another list of the response', () => {
    const text = '{"error":{"data":[1]},"other":[2],"result":[3,4],"last":[5]}\n';
    const { answer, elements } = fed(text, []);
    expect(elements).toEqual([3, 4]);
    expect(JSON.parse(answer.rest)).toEqual({ error: { data: [1] }, other: [2], result: [], last: [5] });
  });
});
