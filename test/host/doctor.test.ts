import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/host/doctor.js';
import { backendCheck, kernelCheck, ringCheck } from '../../src/host/doctor-devices.js';
import { offloadCheck, wishInForce } from '../../src/host/doctor-offload.js';
import { programsThatSkip } from '../../src/host/point-to-point.js';
import { StateFile } from '../../src/host/state-writing.js';
import type { Offload, OffloadWish } from '../../src/tun/port.js';
import { deadState, withFolder } from './state.js';

describe('what the doctor knows of devices', () => {
  const backends = { nativeFault: undefined, hasKoffi: false, choice: undefined };

  it.each([
    [backends, true, 'native'],
    [{ ...backends, nativeFault: 'no compiler', hasKoffi: true }, true, 'koffi'],
    [{ ...backends, nativeFault: 'no compiler' }, false, 'no compiler'],
    [{ ...backends, nativeFault: 'no compiler', hasKoffi: true, choice: 'native' }, false, 'no compiler'],
    [{ ...backends, choice: 'koffi' }, false, 'koffi'],
    [{ ...backends, hasKoffi: true, choice: 'koffi' }, true, 'koffi'],
    [{ ...backends, choice: 'kofi' }, false, 'kofi'],
  ])('is how `up` would open one (%#)', (given, ok, detail) => {
    const check = backendCheck(given);
    expect(check).toMatchObject({ ok, optional: false });
    expect(check.detail).toContain(detail);
  });

  it.each([
    ['6.18.0', 'all', true, '6.18.0'],
    ['6.1.0-18-amd64', 'all', true, '6.1.0'],
    ['6.8.4', 'all', true, 'VXLAN'],
    ['6.8.4', 'tcp', true, 'not used'],
    ['6.8.5', 'all', true, '6.8.5'],
    ['6.18.44', 'all', true, '6.18.44'],
    ['7.0.0', 'all', false, 'mangles'],
    ['7.0.0', 'off', true, 'not used'],
    ['7.1.4-arch1', 'all', false, 'mangles'],
    ['7.1.4-arch1', 'tcp', true, 'not used'],
    ['7.1.5', 'all', true, '7.1.5'],
  ] as const)('are the faults of Linux %s (offload %s)', (release, wish, ok, detail) => {
    const check = kernelCheck(release, wish);
    expect(check.ok).toBe(ok);
    expect(check.detail).toContain(detail);
  });

  const ALL: readonly Offload[] = ['checksum', 'tcp-segmentation', 'udp-segmentation'];
  const upTo = (most: number) => (wish: OffloadWish) =>
    wish === 'off' ? [] : ALL.slice(0, Math.min(most, wish === 'tcp' ? 2 : 3));
  const notPermitted = (): never => {
    throw Object.assign(new Error('unshare: EPERM'), { code: 'EPERM', errno: -1, syscall: 'unshare' });
  };
  const offload = { backend: 'native', choice: 'all', release: '6.18.0', probe: upTo(3) } as const;

  it.each([
    ['all of it', offload, true, 'checksum, tcp-segmentation, udp-segmentation'],
    ['that of TCP', { ...offload, choice: 'tcp' }, true, /^checksum, tcp-segmentation \(/],
    ['none that is said to be off', { ...offload, choice: 'off', probe: notPermitted }, true, 'off, as'],
    ['none with koffi', { ...offload, backend: 'koffi', probe: notPermitted }, true, 'only the native'],
    ['a wish that is none', { ...offload, choice: 'on' }, false, 'TUNPIKE_OFFLOAD=on'],
    ['what only root can try', { ...offload, probe: notPermitted }, true, 'by root only'],
    ['UDP that a kernel is too old for', { ...offload, release: '6.1.0', probe: upTo(2) }, true, '6.2'],
    ['UDP that a kernel refuses', { ...offload, probe: upTo(2) }, false, 'legal segments of UDP'],
    ['TCP that a kernel refuses', { ...offload, probe: upTo(1) }, false, 'legal segments of TCP'],
    ['all that a kernel refuses', { ...offload, probe: upTo(0) }, false, 'all of it'],
  ] as const)('is what becomes of offload: %s', (_, facts, ok, detail) => {
    const check = offloadCheck(facts);
    expect(check.ok).toBe(ok);
    expect(check.detail).toMatch(detail);
    expect(check.fix === undefined).toBe(ok);
  });

  it('knows of a wish only where devices can be asked', () => {
    expect(wishInForce(offload)).toBe('all');
    expect(wishInForce({ ...offload, choice: 'tcp' })).toBe('tcp');
    expect(wishInForce({ ...offload, choice: 'on' })).toBe('off');
    expect(wishInForce({ ...offload, backend: 'koffi' })).toBe('off');
    expect(wishInForce({ ...offload, choice: undefined })).toBe('all');
    expect(wishInForce({ ...offload, choice: undefined, release: '6.8.4' })).toBe('tcp');
    expect(offloadCheck({ ...offload, choice: undefined }).detail).toContain('udp-segmentation');
  });

  it('is why there is no io_uring', () => {
    const facts = { hasRing: false, wish: undefined, disabled: undefined, release: '6.18.0' };
    expect(ringCheck({ ...facts, hasRing: true }).ok).toBe(true);
    expect(ringCheck({ ...facts, wish: 'off' }).fix).toBe('unset TUNPIKE_IO_URING');
    expect(ringCheck({ ...facts, disabled: '2\n' }).fix).toContain('sysctl');
    expect(ringCheck({ ...facts, disabled: '0\n', release: '5.10.0' }).detail).toContain('5.10.0');
    expect(ringCheck(facts)).toMatchObject({ ok: false, optional: true });
  });
});

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
      expect(checks.find(({ name }) => name === 'TUN backend')).toMatchObject({
        ok: false,
        fix: expect.stringContaining('npm rebuild'),
      });
    }));

  it('needs no native part where koffi does its work', () =>
    withFolder(async (directory) => {
      for (const hasKoffi of [true, false]) {
        const checks = await examine({ nativeFault: () => 'not built', hasKoffi, directory });
        expect(checks.find(({ name }) => name === 'TUN backend')).toMatchObject({ ok: hasKoffi });
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
