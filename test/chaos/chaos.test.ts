import { join } from 'node:path';
import { it } from 'vitest';
import { describeKernel, type Outcome, run } from '../support/kernel.js';

const CHAOS = join(import.meta.dirname, '../../scripts/chaos.mjs');

const chaos = (...words: readonly string[]): Promise<Outcome> =>
  run(process.execPath, [CHAOS, ...words], { timeout: 110_000 });

describeKernel('labs to which everything happens', ['cc', 'unshare', 'mount'], () => {
  it.concurrent('leave nothing behind, and touch nothing of anybody else', async ({ expect }) => {
    const { code, stdout, stderr } = await chaos('--rounds', '2', '--seed', '44');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('| rounds | 2 |');
  });

  it.concurrent.for([
    ['state-file', /left: namespace \/run\/netns\//],
    ['decoy', /gone: namespace \/run\/netns\//],
  ] as const)('would be found out: %s', async ([broken, finding], { expect }) => {
    const { code, stderr } = await chaos('--rounds', '1', '--seed', '1', '--break', broken);
    expect(stderr).toMatch(finding);
    expect(stderr).toContain(`again: npm run chaos -- --rounds 1 --seed 1 --break ${broken}`);
    expect(code).toBe(1);
  });
});
