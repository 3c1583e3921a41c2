import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/test-native.mjs', import.meta.url));
const SKIPPED = 77;

it('the addon takes arbitrary arguments, by the word of the sanitizers', async ({ skip }) => {
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, [SCRIPT, '4000'], { timeout: 50_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, output: `${stdout}${stderr}` }),
    );
  });
  if (code === SKIPPED) {
    console.error(output.trim());
    if (process.env.TUNPIKE_REQUIRE_TUN !== '1') skip();
  }
  expect(code, output).toBe(0);
  expect(output).toContain('"write":');
});
