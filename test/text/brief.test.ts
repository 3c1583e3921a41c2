import { expect, it } from 'vitest';
import { brief } from '../../src/text/brief.js';

it('names what a stranger has sent, whatever it is', () => {
  expect(brief('routes')).toBe("'routes'");
  expect(brief('a\u001b[31m\n\u202e')).toBe("'a\\u001b[31m\\n\\u202e'");
  expect(brief('x'.repeat(1_000_000))).toBe(`'${'x'.repeat(100)}…'`);
  for (const [sent, said] of [
    ['null', 'null'],
    ['true', 'true'],
    ['-1.5', '-1.5'],
    ['[1]', 'a list'],
    ['{"toString":1}', 'an object'],
    [`${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'a list'],
  ] as const)
    expect(brief(JSON.parse(sent))).toBe(said);
});
