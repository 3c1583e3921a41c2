import { expect, it } from 'vitest';
import { parseYaml } from '../../src/config/parse-yaml.js';
import { Report } from '../../src/config/problem-report.js';
import { readTree } from '../../src/config/read-tree.js';

const read = (text: string) => {
  const report = new Report('lab.yaml');
  const tree = parseYaml(`version: 1\nlinks: {}\n${text}`, report)!;
  report.locateIn(tree);
  const draft = readTree(tree, report);
  return { draft, said: report.problems.map(({ path, message }) => `${path}: ${message}`) };
};

it('a key is missing, unless one that is wrong was meant for it', () => {
  expect(read('capture: [{ nam: c, flie: x }]').said).toEqual([
    'capture[0].nam: unknown key `nam`',
    'capture[0].flie: unknown key `flie`',
  ]);
  expect(read('capture: [{ zzzzzz: 1 }]').said).toEqual([
    'capture[0].name: `name` is missing',
    'capture[0].file: `file` is missing',
    'capture[0].zzzzzz: unknown key `zzzzzz`',
  ]);
  // A value that is wrong is another matter.
  expect(read('capture: [{ name: [] }]').said).toEqual([
    'capture[0].file: `file` is missing',
    'capture[0].name: `name` is a list, not a single value',
  ]);
});

it('what can be read of a file is read, whatever is wrong beside it', () => {
  const { draft, said } = read('poll: busy\nlog: { level: loud, format: json }\ncapture: [5, { name: c, file: f, keep: 0 }]');
  expect(draft).toMatchObject({ version: 1, poll: 'busy', log: { level: undefined, format: 'json' } });
  expect(draft.links).toEqual(new Map());
  expect(draft.capture).toEqual([undefined, { name: 'c', file: 'f', keep: undefined }]);
  expect(said.map((each) => each.split(':')[0])).toEqual(['log.level', 'capture[0]', 'capture[1].keep']);
}); // biome-ignore format: short

it('what is told of a value is what the file says, up to forty characters of it', () => {
  expect(read(`log: ${'x'.repeat(50)}`).said).toEqual([`log: \`log\` is \`${'x'.repeat(40)}\`, not a mapping`]);
  expect(read('capture: [{ name: c, file: f, rotate: 1.50 }]').said).toEqual(['capture[0].rotate: `1.50` has no unit']);
  expect(read('capture: [{ name: 0x10, file: f }]').draft.capture).toEqual([{ name: '0x10', file: 'f' }]);
}); // biome-ignore format: short
