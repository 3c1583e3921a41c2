import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/parse-yaml.js';
import { Report } from '../../src/config/problem-report.js';
import { formatPath, placeIn, type Tree } from '../../src/config/tree.js';

const treeOf = (text: string): Tree => parseYaml(text, new Report('lab.yaml'))!;

it('a path is written as people write it', () => {
  expect(formatPath(['routers', 'r1', 'routes', 0, 'via'])).toBe('routers.r1.routes[0].via');
  expect([formatPath([]), formatPath(['a']), formatPath([0, 1, 'a'])]).toEqual(['', 'a', '[0][1].a']);
});

describe('the place of a path', () => {
  const tree = treeOf('\na: 1\nlist:\n  - x\n  - y: [2, { z: }]\nempty:\nnone: null\n"": 3\ntext: ""\n');
  const at = (path: readonly (string | number)[], what: 'key' | 'value'): string => {
    const { line, column } = placeIn(tree, path, what);
    return `${line}:${column}`;
  };

  it.each([
    ['of the whole file', [], '2:1', '2:1'],
    ['of a number', ['a'], '2:1', '2:4'],
    ['of a list', ['list'], '3:1', '4:3'],
    ['of an item', ['list', 0], '4:5', '4:5'],
    ['of a key in an item', ['list', 1, 'y'], '5:5', '5:8'],
    ['of an item in an item', ['list', 1, 'y', 0], '5:9', '5:9'],
    ['of a key without a value is its key', ['list', 1, 'y', 1, 'z'], '5:14', '5:14'],
    ['of a key without a value at the top is its key', ['empty'], '6:1', '6:1'],
    ['of a value that is null', ['none'], '7:1', '7:7'],
    ['of a key that is empty', [''], '8:1', '8:5'],
    ['of a text that is empty', ['text'], '9:1', '9:7'],
    ['of what there is not is the key above', ['list', 1, 'x'], '5:5', '5:5'],
    ['of an item that there is not is the key above', ['list', 7], '3:1', '3:1'],
    ['of a key in a number is the key above', ['a', 'b', 'c'], '2:1', '2:1'],
    ['of an item of a mapping is the key above', ['list', 1, 0], '5:5', '5:5'],
    ['of a key of a list is the key above', ['list', 'length'], '3:1', '3:1'],
    ['of a key at the top that there is not is the first key', ['b'], '2:1', '2:1'],
  ])('%s', (_, path, key, value) => {
    expect([at(path, 'key'), at(path, 'value')]).toEqual([key, value]);
  });

  it('is that of the file where it has no key', () => {
    expect(placeIn(treeOf('\n  {}\n'), ['a'], 'key')).toEqual({ line: 2, column: 3 });
    expect(placeIn(treeOf('{ a: 1, b: 2 }'), ['c'], 'key')).toEqual({ line: 1, column: 3 });
    expect(placeIn({ kind: 'sequence', place: { line: 4, column: 5 }, items: [] }, [], 'key')).toEqual({ line: 4, column: 5 });
  }); // biome-ignore format: short
});
