import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../src/config/read.js';
import { isDeviceName, isName } from '../src/name.js';
import { printableLines } from '../src/text/printable.js';
import { tunpike } from './cli/support.js';

/** Texts that mean something to a shell, to `ip -batch`, to a file system, or to a terminal. */
const HOSTILE = ['rs0#x', 'a"b', 'a\\b', "a'b", 'a b', 'a\nb', 'a/b', '../x', '.', '..', '.x', '-x', '--force', 'a;b',
  'a%d', 'a:b', 'a@b', 'a$b', 'a\u009bb', 'a\u202eb', 'a\0b', 'ä', '', ' '] as const; // biome-ignore format: a list of words

describe('the alphabet of names', () => {
  it.each(['a', 'alice', 'tp-alice-red', 'r1.red', '0', 'A_b'])('has %s', (name) => {
    expect([isName(name), isDeviceName(name)]).toEqual([true, true]);
  });

  it.each(HOSTILE)('has not %j', (name) => {
    expect([isName(name), isDeviceName(name)]).toEqual([false, false]);
  });

  it('has names of 63 octets, and devices of 15 that no folder of /proc/sys has', () => {
    expect([isName('a'.repeat(63)), isName('a'.repeat(64))]).toEqual([true, false]);
    expect([isDeviceName('a'.repeat(15)), isDeviceName('a'.repeat(16))]).toEqual([true, false]);
    for (const reserved of ['lo', 'all', 'default']) expect(isDeviceName(reserved)).toBe(false);
  });

  it('has nothing that another program would take for more than a word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        if (isName(text) || isDeviceName(text)) expect(text).toMatch(/^[A-Za-z0-9._-]+$/);
      }),
      { numRuns: 300 },
    );
  });

  it.each(HOSTILE)('holds in a file, for every kind of name: %j', (name) => {
    const quoted = JSON.stringify(name);
    const problems = (changed: Partial<Record<'lab' | 'link' | 'host' | 'device' | 'namespace', string>>) => {
      const { lab = 'lab', link = 'red', host = 'alice', device = 'tp0', namespace = 'alice' } = changed;
      const text = `{ version: 1, name: ${lab}, links: { ${link}: {} }, hosts: { ${host}: { namespace: ${namespace}, interfaces:
        { ${link}: { address: 198.51.100.10/24, device: ${device} } } } },
        routers: { r1: { interfaces: { ${link}: { address: 198.51.100.1/24 } } } } }`;
      return readConfiguration(text, 'lab.yaml').problems.filter(({ severity }) => severity === 'error');
    };
    expect(problems({})).toEqual([]);
    for (const kind of ['lab', 'link', 'host', 'device', 'namespace'] as const)
      expect(problems({ [kind]: quoted }), kind).not.toEqual([]);
  });

  it.each(HOSTILE.filter((name) => !name.startsWith('-')))('holds for flags: %j', async (name) => {
    expect((await tunpike('-n', name, 'show', 'status')).exitCode).toBe(2);
    expect((await tunpike('down', name)).exitCode).toBe(2);
  });
});

describe('a text for a terminal', () => {
  it('has nothing that a terminal obeys or hides', () => {
    expect(printableLines('a\u009b31m\u202e\x1b[0m\u2028b\nc')).toBe(
      'a\\u009b31m\\u202e\\u001b[0m\\u2028b\nc',
    );
    expect(printableLines('„rouge“ → 15 ms')).toBe('„rouge“ → 15 ms');
  });

  it('is what a mistake is told in', async () => {
    const { stderr } = await tunpike('-n', 'a\u202eb\u009b', 'show', 'status');
    expect(stderr).toContain('a\\u202eb\\u009b');
  });
});
