import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { template } from '../../src/config/template.js';
import { type Failure, loadConfiguration } from '../../src/index.js';
import { failureOf } from '../support/failure.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

const refusalOf = (name: string, text?: string): Failure => {
  const file = join(folder, name);
  if (text !== undefined) writeFileSync(file, text);
  return failureOf(() => loadConfiguration(file));
};

it('reads a file', () => {
  const file = join(folder, 'good.yaml');
  writeFileSync(file, template('usual'));
  expect([...loadConfiguration(file).hosts.keys()]).toEqual(['alice', 'bob']);
});

it('throws one failure with every mistake, and no warning', () => {
  const failure = refusalOf('bad.yaml', 'version: 2\nlinks: { red: { mtu: 1 }, blue: { mtu: 68 } }\n');
  expect(failure.exitCode).toBe(3);
  expect(failure.message).toContain(`${join(folder, 'bad.yaml')}:1:10: error[E-RANGE]`);
  expect(failure.message).toContain(`${join(folder, 'bad.yaml')}:2:22: error[E-MTU]`);
  expect(failure.message).toContain('fix: ');
  expect(failure.message).not.toContain('warning');
});

it('throws a failure for a file that is not there', () => {
  expect(refusalOf('none.yaml')).toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('no such file'),
  });
});
