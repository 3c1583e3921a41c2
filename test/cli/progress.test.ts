import { expect, it } from 'vitest';
import { progressOn } from '../../src/cli/progress.js';
import { type GlobalFlags, terminal } from '../../src/cli/terminal.js';

const told = (
  isTTY: boolean,
  flags: GlobalFlags,
  ...steps: readonly (readonly [number, number])[]
): string => {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const io = { stdout: { write: () => {} }, stderr: { write, isTTY }, env: {} };
  for (const [done, total] of steps) progressOn(terminal(io, flags), 'hosts')(done, total);
  return text;
};

it('progress is one line on a terminal, and gone in the end', () => {
  expect(told(true, {}, [64, 200], [128, 200], [200, 200])).toBe(
    '\r64 of 200 hosts\r128 of 200 hosts\r\x1b[K',
  );
});

it('progress is told to nobody who cannot see it, does not want it, or need not wait', () => {
  expect(told(false, {}, [64, 200])).toBe('');
  expect(told(true, { quiet: true }, [64, 200])).toBe('');
  expect(told(true, {}, [64, 99])).toBe('');
});
