import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Background } from '../support/background.js';
import { describeKernel, ip, withNamespace } from '../support/kernel.js';
import { failingStart, freshName, labText, leftovers, withLab } from '../support/lab.js';
import { AS_NOBODY, NOBODY } from '../support/nobody.js';
import { ONE_LINK } from '../support/topologies.js';

const expectFailure = (process: Background, code: number, what: RegExp): void => {
  expect(process.stderr).toMatch(what);
  expect(process.stderr).toMatch(/^fix: /m);
  expect(process.stderr).not.toMatch(/^\s+at /m);
  expect(process.stdout).toBe('');
  expect(process.code).toBe(code);
};

describeKernel('a lab that finds its place taken', [], () => {
  it('leaves a namespace alone that has its host’s name', async () => {
    const host = freshName();
    await ip(`netns add ${host}`);
    try {
      const text = `
links: { red: {} }
hosts: { ${host}: { namespace: ${host}, interfaces: { red: { address: 198.51.100.10/24 } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`;
      const lab = labText(text);
      const process = await failingStart(lab);
      expectFailure(process, 6, new RegExp(`network namespace ${host} exists already`));
      expect(leftovers(lab.name)).toEqual([]);
      expect(await ip('-o link', host)).not.toContain('tp-');
    } finally {
      await ip(`netns del ${host}`);
    }
  });

  it('leaves a device alone that has the name of one of its own, and tells every such thing at once', () =>
    withNamespace('kttaken', async (taken) => {
      await ip('tuntap add dev ktdevice mode tun', taken);
      await ip('address add 203.0.113.10/24 dev lo', taken);
      const before = await ip('-o address', taken);
      const lab = labText(`
links: { red: {}, blue: {} }
hosts:
  alice: { namespace: ${taken}, interfaces: { red: { address: 198.51.100.10/24, device: ktdevice } } }
  bob: { namespace: ${taken}, interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } } }
`);
      const process = await failingStart(lab);
      expectFailure(process, 6, /nothing was changed:\n.*ktdevice exists already.*\n.*203\.0\.113\.10/);
      expect(leftovers(lab.name)).toEqual([]);
      expect(await ip('-o address', taken)).toBe(before);
    }));

  it.each<[string, number, RegExp, string]>([
    ['echo > /run/netns', 4, /namespaces: \/run\/netns is no folder$/m, 'look at it, then: rm /run/netns'],
    ['mkfifo /run/netns', 4, /namespaces: \/run\/netns is no folder$/m, 'look at it, then: rm /run/netns'],
    [
      'ln -s /none /run/netns',
      4,
      /namespaces: \/run\/netns is no folder$/m,
      'look at it, then: rm /run/netns',
    ],
    [
      `mkdir -m 700 /run/netns; chown ${NOBODY} /run/netns`,
      4,
      /namespaces: \/run\/netns belongs to nobody, and root may not write there \(mode 0700\)$/m,
      'chown root: /run/netns; chmod 755 /run/netns',
    ],
    [
      'mkdir /run/netns; ln -s /none /run/netns/ktdir',
      6,
      /network namespace ktdir exists already and is not this lab's$/m,
      'give the host another `namespace:`, or, if nobody needs it: ip netns del ktdir',
    ],
    [
      'mkdir -p /run/netns/ktdir',
      6,
      /\/run\/netns\/ktdir is a directory, where the network namespace ktdir would have its name$/m,
      'give the host another `namespace:`, or: rmdir /run/netns/ktdir',
    ],
  ])('is told what stands where namespaces have their names: %s', async (make, code, what, fix) => {
    const name = freshName();
    const lab = { name, text: `version: 1\nname: ${name}\n${ONE_LINK.replace('alice', 'ktdir')}` };
    const script = `mount -t tmpfs tmpfs /run && ${make} && exec "$@"`;
    const process = await failingStart(lab, { by: ['unshare', '-m', 'sh', '-c', script, 'sh'] });
    expectFailure(process, code, what);
    expect(process.stderr).toContain(`\nfix: ${fix}\n`);
  });

  it('is told that a namespace that it is to use is a directory', async () => {
    const lab = labText(ONE_LINK.replace('alice: {', 'alice: { namespace: ktdir,'));
    const script = 'mount -t tmpfs tmpfs /run && mkdir -p /run/netns/ktdir && exec "$@"';
    const process = await failingStart(lab, { by: ['unshare', '-m', 'sh', '-c', script, 'sh'] });
    expectFailure(process, 4, /^error: \/run\/netns\/ktdir is not a network namespace\n/);
    expect(process.stderr).toContain('\nfix: It is a directory: rmdir /run/netns/ktdir\n');
  });

  it('is no rootless one, which sees no such file', () =>
    withLab(ONE_LINK, async () => {}, {
      by: ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs tmpfs /run && echo > /run/netns && exec "$@"', 'sh'],
      flags: ['--rootless'],
    }));

  it('uses a namespace that is there and asked for by name, and leaves it there', () =>
    withNamespace('ktgiven', async (given) => {
      await withLab(ONE_LINK.replace('alice: {', `alice: { namespace: ${given},`), async () => {
        expect(await ip('-o address', given)).toContain('198.51.100.10/24');
      });
      expect(await ip('-o address', given)).not.toContain('198.51.100.10/24');
    }));
});

describeKernel('a machine that lacks something', ['unshare', 'setpriv'], () => {
  const privately = (script: string): string[] => [
    'unshare',
    '-m',
    'sh',
    '-c',
    `${script} && exec "$@"`,
    'sh',
  ];

  it('needs no `ip`', async () => {
    // The program adds the folders of administration programs to PATH; these are empty here.
    const by = privately('mount -t tmpfs none /usr/sbin && mount -t tmpfs none /sbin && PATH=/nonexistent');
    await withLab(
      ONE_LINK,
      async (lab) => {
        expect(lab.process.stdout).toMatch(/route default via .* dev tp-alice-red/);
      },
      { by },
    );
  });

  it('is told that it has no /dev/net/tun, and nothing stays of what was begun', async () => {
    const lab = labText(ONE_LINK);
    const process = await failingStart(lab, { by: privately('mount -t tmpfs none /dev/net') });
    expectFailure(process, 4, /\/dev\/net\/tun does not exist/);
    expect(process.stderr).toContain('modprobe tun');
    expect(leftovers(lab.name)).toEqual([]);
  });

  it.each([
    ['full', 'mount -t tmpfs -o mode=755,nr_inodes=1 none /run/tunpike', /no space is left/],
    ['read-only', 'mount -t tmpfs -o mode=755,ro none /run/tunpike', /the file system is read-only/],
  ])('is told that the folder of its state file is %s, before anything is changed', async (_, mount, why) => {
    const lab = labText(ONE_LINK);
    const process = await failingStart(lab, { by: privately(`mkdir -p /run/tunpike && ${mount}`) });
    expectFailure(process, 4, why);
    expect(process.stderr).toContain(`${lab.name}.state.json cannot be written`);
    expect(leftovers(lab.name)).toEqual([]);
  });

  it('is told who may run a lab, and what does without', async () => {
    const home = mkdtempSync(join(tmpdir(), 'ktnobody-'));
    chownSync(home, NOBODY, NOBODY);
    try {
      const lab = labText(ONE_LINK);
      const process = await failingStart(lab, { by: AS_NOBODY, environment: { XDG_RUNTIME_DIR: home } });
      expectFailure(process, 4, /not permitted|permission/i);
      expect(process.stderr).toContain('tunpike up --rootless');
      expect(existsSync(`/run/netns/${lab.name}-alice`)).toBe(false);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
