import { describe, expect, it } from 'vitest';
import { examine } from '../../src/host/doctor.js';
import { StateFile } from '../../src/host/state-file.js';
import { deadState, withFolder } from './state.js';

describe('the doctor', () => {
  it('says of each check whether it is well, and how to mend what is not', () =>
    withFolder(async (directory) => {
      const checks = await examine({ nativeFault: () => 'not built', directory });
      const names = checks.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name, ok, fix, detail } of checks) {
        expect(detail, name).not.toBe('');
        expect(fix === undefined, name).toBe(ok);
      }
      expect(checks.find(({ name }) => name === 'native TUN part')).toMatchObject({
        ok: false,
        fix: expect.stringContaining('npm rebuild'),
      });
    }));

  it('finds an instance that was killed', () =>
    withFolder(async (directory) => {
      StateFile.claim(deadState({ name: 'gone' }), directory);
      const checks = await examine({ nativeFault: () => undefined, directory });
      expect(checks.find(({ name }) => name === 'instances')).toMatchObject({
        ok: false,
        fix: 'tunpike down gone --force',
      });
    }));
});
