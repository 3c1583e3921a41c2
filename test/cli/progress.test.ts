import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressOn, silenceOf } from '../../src/cli/progress.js';
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

describe('the silence of a lab', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const lines = (isTTY: boolean) => {
    const seen: string[] = [];
    const stderr = { write: (text: string) => void seen.push(text), isTTY };
    const io = { stdout: { write: () => {} }, stderr, env: {} };
    return { seen, silence: silenceOf(terminal(io, {}), 'lab') };
  };
  const later = <Value>(wait: number, value: Value): Promise<Value> =>
    new Promise((resolve) => setTimeout(() => resolve(value), wait));

  it.each([
    [4900, true, []],
    [5100, true, ['\r\x1b[Kwaiting for lab …', '\r\x1b[K']],
    [5100, false, []],
  ] as const)(
    'is told after 5 s, on a terminal, until the answer comes: %d ms, %s',
    async (wait, isTTY, told) => {
      const { seen, silence } = lines(isTTY);
      const answer = silence.during(later(wait, 'the answer'));
      await vi.runAllTimersAsync();
      expect(await answer).toBe('the answer');
      expect(seen).toEqual(told);
    },
  );

  it('is told of each piece of an answer, and never while one is read', async () => {
    const { seen, silence } = lines(true);
    async function* pieces() {
      yield await later(6000, 1);
      yield await later(100, 2);
      yield await later(6000, 3);
    }
    const read = (async () => {
      for await (const piece of silence.between(pieces())) {
        seen.push(`${piece}`);
        await later(9000, undefined);
      }
    })();
    await vi.runAllTimersAsync();
    await read;
    const [said, gone] = ['\r\x1b[Kwaiting for lab …', '\r\x1b[K'];
    expect(seen).toEqual([said, gone, '1', '2', said, gone, '3']);
  });
});
