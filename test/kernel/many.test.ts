import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { failingStart, freshName, labText, leftovers, withLab } from '../support/lab.js';

const hosts = (count: number): string =>
  `
links: { red: {} }
hosts:
${Array.from({ length: count }, (_, i) => `  h${i}: { interfaces: { red: { address: 10.0.${(i + 10) >> 8}.${(i + 10) & 255}/16, routes: [default] } } }`).join('\n')}
routers: { r1: { interfaces: { red: { address: 10.0.0.1/16 } } } }
`;

const routers = (count: number): string => {
  const each = (line: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => line(i)).join('\n');
  return `
links:
  core: {}
${each((i) => `  l${i}: {}`)}
hosts:
${each((i) => `  h${i}: { interfaces: { l${i}: { address: 10.1.${i}.10/24, routes: [default] } } }`)}
routers:
${each((i) => `  r${i}: { interfaces: { core: { address: 10.2.0.${i + 1}/24 }, l${i}: { address: 10.1.${i}.1/24 } } }`)}
`;
};

describeKernel('a large lab', ['ping'], () => {
  // The program's own measure is 5 s and 2 s; here it shares the machine with other tests.
  it.each([
    ['1,000 hosts on a link', hosts(1000), 'h999', '10.0.0.1'],
    ['200 routers', routers(200), 'h199', '10.1.199.1'],
  ])('of %s starts within 20 s and stops within 8 s', async (what, text, host, router) => {
    await withLab(labText(text), async (lab) => {
      const start = lab.readyMs;
      expect((await lab.on(host, `ping -n -c 1 -W 10 ${router}`)).stdout).toContain('ttl=64');
      const stoppedAt = performance.now();
      lab.process.signal('SIGTERM');
      expect(await lab.process.ended()).toBe(0);
      const stop = performance.now() - stoppedAt;
      expect(leftovers(lab.name)).toEqual([]);
      console.error(
        `${what}: up after ${(start / 1000).toFixed(2)} s, down after ${(stop / 1000).toFixed(2)} s`,
      );
      expect(start).toBeLessThan(20_000);
      expect(stop).toBeLessThan(8_000);
    });
  });

  it('starts and stops with koffi, too', () =>
    withLab(hosts(150), async () => {}, { environment: { TUNPIKE_TUN: 'koffi' } }));

  it('says that it cannot even load itself, where it may open very few files', async () => {
    const lab = labText(hosts(2), freshName());
    const process = await failingStart(lab, { by: ['sh', '-c', 'ulimit -n 60; exec "$@"', 'sh'] });
    expect([process.code, process.stderr]).toEqual([4, expect.stringContaining('enough open files')]);
    expect(process.stderr).toContain('fix: ulimit -n 1024');
    expect(leftovers(lab.name)).toEqual([]);
  });

  it.each([100, 150, 300])(
    'says that it may not open enough files, of %d, and makes nothing',
    async (limit) => {
      const lab = labText(hosts(120), freshName());
      const process = await failingStart(lab, { by: ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'] });
      expect(process.code).toBe(4);
      expect(process.stderr).toContain('120 host interfaces need up to');
      expect(process.stderr).toContain(`this process may have ${limit}; nothing was changed`);
      expect(process.stderr).toContain('ulimit -n 1024');
      expect(leftovers(lab.name)).toEqual([]);
    },
  );

  it('says that the kernel makes no more namespaces, and leaves none', async () => {
    // The limit is that of a user namespace around it, so that the machine's own stays.
    const script =
      'echo 100 > /proc/sys/user/max_net_namespaces && mount -t tmpfs t /run/netns; "$@"; code=$?; ls /run/netns; exit $code';
    const folder = mkdtempSync(join(tmpdir(), 'tpmany-'));
    try {
      const process = await failingStart(labText(hosts(120)), {
        by: ['unshare', '-U', '-r', '-n', '-m', 'sh', '-c', script, 'sh'],
        environment: { TUNPIKE_RUNTIME_DIR: folder },
      });
      expect(process.code, process.stderr).toBe(4);
      expect(process.stderr).toContain(
        'making network namespaces: the kernel makes no more of them (ENOSPC)',
      );
      expect(process.stderr).toContain('everything done so far was undone');
      expect([process.stdout, readdirSync(folder)]).toEqual(['', []]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
