import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CAP_CHOWN,
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_NET_ADMIN,
  CAP_SYS_ADMIN,
} from '../../src/host/capabilities.js';
import { capabilitiesAtWork } from '../../src/host/privileges.js';
import { NOBODY } from '../support/nobody.js';

const LEAST = [CAP_NET_ADMIN, CAP_SYS_ADMIN];

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tppriv-'));
  home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'lab.yaml'), '');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the capabilities of a lab at work', () => {
  it('are the least where all its files are its own', () => {
    const read = [join(home, 'lab.yaml'), undefined];
    const written = [join(home, 'ready'), join(home, 'not', 'yet', 'there', 'lab.sock'), undefined];
    expect(capabilitiesAtWork({ read, written })).toEqual(LEAST);
  });

  it('do not grow by a file that is not there', () => {
    expect(capabilitiesAtWork({ read: ['-', join(folder, 'none')], written: [] })).toEqual(LEAST);
  });

  it('have what it takes to give a file to a group that the process is not in', () => {
    expect(capabilitiesAtWork({ read: [], written: [], givenTo: process.getegid?.() })).toEqual(LEAST);
    expect(capabilitiesAtWork({ read: [], written: [], givenTo: 54321 })).toEqual([...LEAST, CAP_CHOWN]);
  });

  describe.skipIf(process.getuid?.() !== 0)('of root', () => {
    const give = (path: string, mode: number): void => {
      chownSync(path, NOBODY, NOBODY);
      chmodSync(path, mode);
    };

    it.each([
      ['a file that everybody may read', 0o644, 0o755, LEAST],
      ['a file that its owner alone may read', 0o600, 0o755, [...LEAST, CAP_DAC_READ_SEARCH]],
      ['a file in a folder that its owner alone may search', 0o644, 0o700, [...LEAST, CAP_DAC_READ_SEARCH]],
    ])('have what it takes to read %s', (_, mode, folderMode, wanted) => {
      const file = join(home, 'lab.yaml');
      give(file, mode);
      give(home, folderMode);
      expect(capabilitiesAtWork({ read: [file], written: [] })).toEqual(wanted);
    });

    it.each([
      ['a folder of another user', 0o755, [...LEAST, CAP_DAC_OVERRIDE]],
      ['a folder where everybody may', 0o1777, LEAST],
    ])('have what it takes to write in %s', (_, mode, wanted) => {
      give(home, mode);
      for (const file of ['ready', 'deep/lab.sock'])
        expect(capabilitiesAtWork({ read: [], written: [join(home, file)] })).toEqual(wanted);
    });
  });
});
