import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blocksOf, type Command, isAsTold } from '../docs/tutorial.js';
import { describeKernel, until } from '../support/kernel.js';
import { MAIN } from '../support/lab.js';

const DOCS = join(import.meta.dirname, '../../docs');
/** How long one command of a page may take. In milliseconds. */
const PATIENCE = 20_000;

const pages = readdirSync(DOCS).filter(
  (name) =>
    name.endsWith('.md') &&
    blocksOf(readFileSync(join(DOCS, name), 'utf8')).some(({ kind }) => kind === 'commands'),
);

describeKernel('each tutorial', ['bash', 'unshare'], () => {
  it('is there', () => expect(pages).toContain('groups.md'));

  it.each(pages)('does what it says: %s', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'tunpike-tutorial-'));
    const reader = new Reader(folder);
    try {
      for (const block of blocksOf(readFileSync(join(DOCS, name), 'utf8'))) {
        if (block.kind === 'file') writeFileSync(join(folder, block.name), block.text);
        else for (const command of block.commands) await reader.follow(command);
      }
    } finally {
      await reader.end();
      rmSync(folder, { recursive: true });
    }
  });
});

/**
 * Somebody who types what a page says, in a shell where the program is installed.
 *
 * The shell has namespaces of its own of everything that a lab touches, and whatever it has started ends with it.
 */
class Reader {
  readonly #folder: string;
  readonly #shell;
  #said = '';
  #commands = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/tunpike'), `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`, {
      mode: 0o755,
    });
    const own = ['--mount', '--net', '--pid', '--fork', '--mount-proc', '--kill-child'];
    this.#shell = spawn('unshare', [...own, 'bash'], {
      cwd: folder,
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#shell.stdout.setEncoding('utf8').on('data', (text) => {
      this.#said += text;
    });
    this.#type('mount -t tmpfs none /run; set -m');
  }

  async follow({ line, prints }: Command): Promise<void> {
    // What says it is ready goes on in its own terminal.
    const isLasting = line.startsWith('tunpike up ');
    const printed = isLasting ? await this.#begin(line) : await this.#run(line);
    if (!isAsTold(prints, printed)) expect(`$ ${line}\n${printed}`).toBe(`$ ${line}\n${prints.join('\n')}\n`);
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#shell.once('exit', resolve));
    this.#shell.kill('SIGKILL');
    await ended;
  }

  #type(line: string): void {
    this.#shell.stdin.write(`${line}\n`);
  }

  async #run(line: string): Promise<string> {
    const mark = `done ${this.#commands++}\n`;
    this.#said = '';
    this.#type(`{ ${line}\n} 2>&1; echo '${mark.trim()}'`);
    await until(() => this.#said.endsWith(mark), PATIENCE, `the end of: ${line}`);
    return this.#said.slice(0, -mark.length);
  }

  async #begin(line: string): Promise<string> {
    const file = join(this.#folder, `terminal-${this.#commands}`);
    writeFileSync(file, '');
    await this.#run(`${line} > ${file} 2>&1 & disown`);
    const printed = (): string => readFileSync(file, 'utf8');
    await until(() => /^ready.*\n/m.test(printed()), PATIENCE, `ready from: ${line}`);
    return printed();
  }
}
