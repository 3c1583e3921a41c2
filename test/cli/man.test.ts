import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tunpike } from './support.js';

const PAGE = join(import.meta.dirname, '../../man/tunpike.1');

/** The page as `man` draws it at 80 columns, and what it has to say against it. */
const drawn = () =>
  spawnSync('man', ['--warnings', '-l', PAGE], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8', MANPAGER: 'cat', MAN_KEEP_FORMATTING: '' },
  });

describe('the manual page', () => {
  it('has a section for each command, with its examples', async () => {
    const page = readFileSync(PAGE, 'utf8').replaceAll('\\-', '-').replaceAll('\\.', '.');
    const { stdout } = await tunpike('--help');
    const commands = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)\b/gm)].map(
      ([, name]) => name,
    );
    expect(commands.length).toBeGreaterThan(25);
    expect(commands.filter((name) => !page.includes(`.SS tunpike ${name}\n`))).toEqual([]);
    expect(page).toContain('.SS tunpike route add\n');
    expect(page).toContain('$ tunpike up --rootless lab.yaml');
  });

  it.skipIf(spawnSync('man', ['--version']).error !== undefined)(
    'is drawn without warnings, and fits 80 columns',
    () => {
      const { status, stderr, stdout } = drawn();
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain('tunpike top');
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );
});
