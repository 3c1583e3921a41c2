import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tunpike-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The blocks of a language in the README, in order. */
const blocksOf = (language: string): readonly string[] =>
  [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(
    ([, found, block = '']) => (found === language ? [block] : []),
  );

it('has examples that strict TypeScript takes, and that do what they say', () => {
  const lab = blocksOf('yaml').find((block) => block.includes('\nlinks:'));
  const examples = blocksOf('ts');
  expect(examples.length).toBeGreaterThan(0);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/tunpike'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'lab.yaml'), lab!);
  for (const [at, example] of examples.entries()) writeFileSync(join(folder, `example${at}.ts`), example);

  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options =
    '--strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --module nodenext --target es2023';
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
  const files = examples.map((_, at) => `example${at}.ts`);
  execFileSync(process.execPath, [tsc, ...options.split(' '), ...types, ...files], { cwd: folder });

  const said = files.map((file) =>
    execFileSync(process.execPath, [file.replace('.ts', '.js')], { cwd: folder, encoding: 'utf8' }),
  );
  for (const [at, example] of examples.entries()) {
    const promised = [...example.matchAll(/console\.log\(.*\/\/.*: (.*)$/gm)].map(([, text]) => `${text}\n`);
    expect(said[at]).toBe(promised.join(''));
  }
}, 60_000);
