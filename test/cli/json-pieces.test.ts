import { expect, it } from 'vitest';
import { jsonPieces } from '../../src/cli/json-pieces.js';

it.each([0, 1, 1000, 1001, 3500])('a list of %i items is the same in pieces as at once', (length) => {
  const list = Array.from({ length }, (_, at) => ({ at, inner: [{ of: `${at}` }, []] }));
  const pieces = [...jsonPieces(list)];
  expect(pieces.join('')).toBe(JSON.stringify(list, null, 2));
  expect(pieces.length > 1).toBe(length > 1000);
});
