import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/host/doctor.js';
import { programsThatSkip } from '../../src/host/point-to-point.js';
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

  it('needs no native part where koffi does its work', () =>
    withFolder(async (directory) => {
      for (const hasKoffi of [true, false]) {
        const checks = await examine({ nativeFault: () => 'not built', hasKoffi, directory });
        expect(checks.find(({ name }) => name === 'native TUN part')).toMatchObject({
          ok: false,
          optional: hasKoffi,
        });
      }
    }));

  it('names programs that pass over point-to-point devices', () =>
    withFolder(async (root) => {
      const programs = () => programsThatSkip(root).map(({ program }) => program);
      expect(programs()).toEqual([]);
      mkdirSync(join(root, 'etc/avahi'), { recursive: true });
      writeFileSync(join(root, 'etc/avahi/avahi-daemon.conf'), '[server]\n#allow-point-to-point=no\n');
      mkdirSync(join(root, 'usr/bin'), { recursive: true });
      writeFileSync(join(root, 'usr/bin/gssdp-discover'), '');
      expect(programs()).toEqual(['avahi-daemon', 'gssdp']);
      writeFileSync(join(root, 'etc/avahi/avahi-daemon.conf'), '[server]\nallow-point-to-point=yes\n');
      expect(programs()).toEqual(['gssdp']);
    }));

  it('takes the ip of BusyBox for none', () =>
    withFolder(async (directory) => {
      writeFileSync(
        join(directory, 'ip'),
        '#!/bin/sh\necho "BusyBox v1.36.1 multi-call binary." >&2; exit 1\n',
        {
          mode: 0o755,
        },
      );
      const before = process.env.PATH;
      process.env.PATH = `${directory}:${before}`;
      try {
        const checks = await examine({ nativeFault: () => undefined, directory });
        expect(checks.find(({ name }) => name === 'ip (iproute2)')).toMatchObject({
          ok: false,
          optional: false,
          detail: expect.stringContaining('BusyBox'),
          fix: expect.stringContaining('iproute2'),
        });
      } finally {
        process.env.PATH = before;
      }
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
