import { expect, it } from 'vitest';
import { readCaptureParams } from '../../src/control/capture.js';

it('takes no longer name of a file than there can be, which others are shown', () => {
  const longest = 'x'.repeat(4096);
  expect(readCaptureParams({ file: longest })).toEqual({ file: longest });
  expect(() => readCaptureParams({ file: `${longest}x` })).toThrow(
    expect.objectContaining({ exitCode: 2, message: 'file must be text of at most 4096 characters' }),
  );
});
