import { describe, expect, it } from 'vitest';
import { blocksOf, isAsTold } from './tutorial.js';

describe('a tutorial', () => {
  it('is files and commands, in the order of the page', () => {
    const page =
      '# Title\n```yaml\n# a.yaml: a lab\nversion: 1\n```\ntext\n```console\n$ one\nout\n$ two\n```\n```sh\nno\n```\n';
    expect(blocksOf(page)).toEqual([
      { kind: 'file', name: 'a.yaml', text: '# a.yaml: a lab\nversion: 1\n' },
      {
        kind: 'commands',
        commands: [
          { line: 'one', prints: ['out'] },
          { line: 'two', prints: [] },
        ],
      },
    ]);
  });

  it('tells what is printed, line by line, but for what it leaves open', () => {
    expect(isAsTold(['a  b', '…', 'ready: tv (process …)'], 'a b\nx\ny\nready: tv (process 12)\n')).toBe(
      true,
    );
    expect(isAsTold(['…', 'b'], 'b\n')).toBe(true);
    expect(isAsTold([], '')).toBe(true);
    expect(isAsTold(['a'], 'a\nb\n')).toBe(false);
    expect(isAsTold(['a.c'], 'abc\n')).toBe(false);
    expect(isAsTold([], 'surprise\n')).toBe(false);
  });
});
