import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const PATIENCE = 60_000;

/** What `npm run check` says of the package in a folder; asks nobody on the network. */
const checked = async (folder: string): Promise<{ readonly isGood: boolean; readonly said: string }> => {
  const run = promisify(execFile);
  const script = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts['check:package'];
  const command = `PATH="$PWD/node_modules/.bin:$PATH"; ${script.replace('node scripts/build.mjs && ', '')}`;
  try {
    const { stdout } = await run('sh', ['-c', command], { cwd: folder, timeout: PATIENCE });
    return { isGood: true, said: stdout };
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return { isGood: false, said: `${stdout}${stderr}` };
  }
};

/** A copy of what is published, with a package.json of its own. */
const withCopy = async (
  change: (manifest: { exports: Record<string, unknown> }) => void,
  body: (folder: string) => Promise<void>,
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tppackage-'));
  try {
    for (const each of ['dist', 'docs', 'CHANGELOG.md', 'README.md', 'LICENSE'])
      cpSync(join(ROOT, each), join(folder, each), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    manifest.scripts = {};
    change(manifest);
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

describe('the package', () => {
  it('can be imported, with its types, by whoever installs it', () =>
    withCopy(
      () => {},
      async (folder) => expect(await checked(folder)).toMatchObject({ isGood: true }),
    ));

  it('is refused where its types are none', () =>
    withCopy(
      (manifest) => {
        manifest.exports['.'] = { types: './dist/index.d.cts', default: './dist/index.js' };
      },
      async (folder) => expect(await checked(folder)).toMatchObject({ isGood: false }),
    ));
});
