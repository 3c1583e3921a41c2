import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import type { ControlMethods } from '../../src/control/protocol.js';
import { type StandingInstance, standInstance } from './instance.js';
import { tunpike } from './support.js';

const MAIN = join(import.meta.dirname, '../../dist/main.js');
const ODD = '\u001b[31mRED\u0007\n\u202eabc';
const SAID = '\\u001b[31mRED\\u0007\\n\\u202eabc';

let instance: StandingInstance | undefined;

afterEach(async () => {
  await instance?.close();
  instance = undefined;
});

const printedBy = async (changed: Partial<ControlMethods>, ...argv: readonly string[]): Promise<string> => {
  instance = await standInstance(changed);
  const child = spawn(process.execPath, [MAIN, ...argv], { env: instance.env });
  return (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
};

it('obeys nothing in what a lab says of a change', async () => {
  const change = () => ({ said: [ODD], fields: {}, isYes: true });
  expect(await printedBy({ change }, 'link', 'set', 'red', '--mtu', '1400')).toBe(`${SAID}\n`);
});

it('obeys nothing in what a lab says of a reload', async () => {
  const reload = () => ({
    name: 'lab',
    file: 'lab.yaml',
    isApplied: true,
    changes: [ODD],
    problems: [],
    omitted: 0,
    report: [],
  });
  expect(await printedBy({ reload: reload as never }, 'reload')).toBe(`${SAID}\nreloaded: lab\n`);
});

it('obeys nothing in an error, not even in its stack', async () => {
  const { stderr } = await tunpike('--debug', 'show', ODD);
  expect(stderr).toContain('    at ');
  expect(stderr).toContain('\\u001b[31mRED\\u0007');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(stderr).not.toMatch(/[\u0007\u001b\u202e]/);
});
