import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel, ip, run, until, withNamespace } from '../support/kernel.js';
import { freshName, labText, leftovers, MAIN, startLab, tunpike, withLab } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

describeKernel('`tunpike up`', ['ping', 'nsenter', 'bash'], () => {
  it('prints each host change and then one line that begins `ready`', () =>
    withLab(ONE_LINK, async (lab) => {
      const alice = lab.namespaceOf('alice');
      expect(lab.process.stdout.trimEnd().split('\n')).toEqual([
        `${alice}: network namespace`,
        `${alice}: TUN device tp-alice-red (alice on link red)`,
        `${alice}: no IPv6 on tp-alice-red`,
        `${alice}: lo up`,
        `${alice}: mtu 1500 on tp-alice-red`,
        `${alice}: address 198.51.100.10/24 on tp-alice-red`,
        `${alice}: tp-alice-red up`,
        `${alice}: route default via 198.51.100.1 dev tp-alice-red`,
        `ready: ${lab.name} (process ${lab.process.pid})`,
      ]);
    }));

  it('prints the same as one JSON object a line', () =>
    withLab(
      ONE_LINK,
      async (lab) => {
        await lab.process.printed(/"ready".*\n/);
        const lines = lab.process.stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
        expect(lines.at(-1)).toEqual({ type: 'ready', name: lab.name, pid: lab.process.pid });
        expect(new Set(lines.slice(0, -1).map(({ type }) => type))).toEqual(new Set(['change']));
      },
      { flags: ['--json'], ready: /"type":"ready"/ },
    ));

  it('makes a router with no file on a device in the namespace where it is', () =>
    withNamespace('kttun', async (namespace) => {
      const by = ['nsenter', `--net=/run/netns/${namespace}`];
      await withTunFlags([['kt0', '192.0.2.1/24', '192.0.2.2/24']], by, async (said) => {
        await until(() => said().includes('kt0 is in'), 5000, 'where the device is');
        expect(said()).toContain('kt0 is in this network namespace: ping 192.0.2.1\n');
        const { stdout } = await run('ping', ['-n', '-c', '1', '-W', '2', '192.0.2.1'], { namespace });
        expect(stdout).toContain('ttl=64');
      });
      expect(await ip('-o link', namespace)).not.toContain('kt0');
    }));

  it('makes a namespace for each of several such devices, so that they talk through the router', async () => {
    const [left, right] = [freshName(), freshName()] as const;
    const flags = [
      [left, '192.0.2.1/24', '192.0.2.2/24'],
      [right, '203.0.113.1/24', '203.0.113.2/24'],
    ] as const;
    await withTunFlags(flags, [], async (said) => {
      await until(() => said().includes(right), 5000, 'where the devices are');
      expect(said()).toContain(
        `${left} is in the network namespace ${left}: tunpike exec ${left} -- ping 192.0.2.1\n`,
      );
      const ping = ['-n', '-c', '1', '-W', '2', '203.0.113.2'];
      expect((await run('ping', ping, { namespace: left })).stdout).toContain('ttl=63');
    });
    expect([left, right].map((namespace) => existsSync(`/run/netns/${namespace}`))).toEqual([false, false]);
  });

  it('runs on when nobody reads what it prints any more', async () => {
    const { name, text } = labText(ONE_LINK);
    const folder = mkdtempSync(join(tmpdir(), 'ktup-'));
    const file = join(folder, 'lab.yaml');
    writeFileSync(file, text);
    const script = `"${process.execPath}" "${MAIN}" up "${file}" 2>&1 | head -c 1; exit "\${PIPESTATUS[0]}"`;
    const shell = new Background(['bash', '-c', script]);
    try {
      await shell.printed(/./);
      const ping = ['ping', '-n', '-c', '1', '-W', '2', '198.51.100.1'];
      const namespace = `${name}-alice`;
      const answers = async (): Promise<string> => (await run(ping[0]!, ping.slice(1), { namespace })).stdout;
      await expect.poll(answers, { timeout: 5000 }).toContain('ttl=64');
      // Coming up again is something that it logs.
      await ip('link set tp-alice-red down', namespace);
      await ip('link set tp-alice-red up', namespace);
      await expect.poll(answers, { timeout: 5000 }).toContain('ttl=64');
      expect((await tunpike(['down', name])).code).toBe(0);
      expect(await shell.ended()).toBe(0);
    } finally {
      await tunpike(['down', name, '--force']);
      await shell.kill();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(leftovers(name)).toEqual([]);
  });

  it('ends well even where somebody has removed its namespace already', async () => {
    const lab = await startLab(ONE_LINK);
    try {
      await ip(`netns del ${lab.namespaceOf('alice')}`);
      expect((await lab.tunpike('show', 'interfaces')).code).toBe(0);
      expect(await lab.stop()).toBe(0);
      expect(leftovers(lab.name)).toEqual([]);
    } finally {
      await lab.abandon();
    }
  });
});

/** Runs a lab of `--tun` flags, each a device, the router’s address and the host’s; sees that nothing is left. */
async function withTunFlags(
  devices: readonly (readonly [device: string, router: string, host: string])[],
  by: readonly string[],
  body: (said: () => string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ktup-'));
  const readyFile = join(folder, 'ready');
  const name = freshName();
  const flags = devices.flatMap(([device, router, host]) => ['--tun', `${device}=${router},host=${host}`]);
  const command = [process.execPath, MAIN, '-n', name, 'up', '--ready-file', readyFile, ...flags];
  const lab = new Background([...by, ...command]);
  try {
    await lab.printed(/^ready/m);
    expect(readFileSync(readyFile, 'utf8')).toBe(`${lab.pid}\n`);
    await body(() => lab.stderr);
    lab.signal('SIGTERM');
    expect(await lab.ended()).toBe(0);
    expect(existsSync(readyFile)).toBe(false);
    expect(leftovers(name)).toEqual([]);
  } finally {
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
