import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel, run, until } from '../support/kernel.js';
import { labText, leftovers, MAIN, withLab } from '../support/lab.js';
import { AS_NOBODY, NOBODY, withOpenDevice } from '../support/nobody.js';
import { TWO_LINKS } from '../support/topologies.js';

/** In a user namespace, the hosts' own may be called anything. */
const LAB = TWO_LINKS.replace(/(alice|bob): \{/g, '$1: { namespace: $1,');

const namespaces = async (): Promise<string[]> =>
  (await run('ip', ['netns', 'list'])).stdout.split('\n').flatMap((line) => /^\S+/.exec(line) ?? []);

/** The name of the lab whose dashboard was told of. */
const nameAt = async (told: string): Promise<string> => {
  const url = /^dashboard: (\S+)$/m.exec(told)?.[1];
  const answer = await fetch(`${url}/api/status`);
  return ((await answer.json()) as { readonly name: string }).name;
};

/** Lends a folder of nobody's, in which `tun` is a device that everybody may open. */
async function withHome(body: (home: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'ktrootless-'));
  try {
    chownSync(home, NOBODY, NOBODY);
    execFileSync('mknod', ['-m', '0666', join(home, 'tun'), 'c', '10', '200']);
    await body(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

describeKernel(
  'a lab without root',
  ['ping', 'unshare', 'nsenter', 'setpriv', 'mknod', 'newuidmap', 'tcpdump'],
  () => {
    it('runs in namespaces that nobody else sees, and `exec` leads into them', async () => {
      // Somebody else's lab may have an alice of its own.
      const before = await namespaces();
      await withLab(
        LAB,
        async (lab) => {
          expect((await namespaces()).filter((name) => !before.includes(name))).not.toContain('alice');
          const ping = await lab.tunpike(
            'exec',
            'alice',
            '--',
            'ping',
            '-n',
            '-c',
            '2',
            '-i',
            '0.2',
            '203.0.113.10',
          );
          expect(ping.stdout).toContain('2 received');
          expect(ping.stdout).toContain('ttl=63');
          expect(
            (await lab.shown<{ operStatus: string }[]>('interfaces')).map((row) => row.operStatus),
          ).toEqual(['UP', 'UP']);
        },
        { flags: ['--rootless'] },
      );
    });

    it('runs for a user who has no right to anything', () =>
      withHome(async (home) => {
        const environment = { XDG_RUNTIME_DIR: home };
        const by = [...withOpenDevice(join(home, 'tun')), ...AS_NOBODY];
        await withLab(
          `http: { listen: "127.0.0.1:0" }\n${LAB}`,
          async (lab) => {
            // The browsers of this machine are not in the network of the lab.
            expect(await nameAt(lab.process.stderr)).toBe(lab.name);
            const command = [
              process.execPath,
              MAIN,
              '-n',
              lab.name,
              'exec',
              'alice',
              '--',
              'ping',
              '-c',
              '1',
            ];
            const { code, stdout, stderr } = await run('env', [
              `XDG_RUNTIME_DIR=${home}`,
              ...AS_NOBODY,
              ...command,
              '203.0.113.10',
            ]);
            expect(stderr).toBe('');
            expect(stdout).toContain('ttl=63');
            expect(code).toBe(0);
          },
          { flags: ['--rootless'], environment, by },
        );
        expect(readdirSync(join(home, 'tunpike'))).toEqual([]);
      }));

    it('shows its dashboard from the background, and says so where somebody listens there', () =>
      withHome(async (home) => {
        const environment = [`XDG_RUNTIME_DIR=${home}`, ...withOpenDevice(join(home, 'tun')), ...AS_NOBODY];
        const up = async (listen: string, ...flags: readonly string[]) => {
          const { name, text } = labText(`http: { listen: "${listen}" }\n${LAB}`);
          writeFileSync(join(home, `${name}.yaml`), text);
          const words = [process.execPath, MAIN, 'up', '--rootless', ...flags, join(home, `${name}.yaml`)];
          return { name, ...(await run('env', [...environment, ...words], { timeout: 20_000 })) };
        };
        const first = await up('127.0.0.1:0', '-d');
        try {
          expect(first.code, first.stderr).toBe(0);
          expect(await nameAt(first.stderr)).toBe(first.name);
          const [, port] = /127\.0\.0\.1:(\d+)/.exec(first.stderr) ?? [];
          const second = await up(`127.0.0.1:${port}`);
          expect(second.code).toBe(6);
          expect(second.stderr).toContain(`http: cannot listen on 127.0.0.1:${port}: `);
        } finally {
          const words = [...environment, process.execPath, MAIN, 'down', first.name];
          expect((await run('env', words, { timeout: 20_000 })).code).toBe(0);
        }
        await expect(nameAt(first.stderr)).rejects.toThrow();
      }));

    it.each([
      ['works where this user has others to lend', `${NOBODY}:100000:65536\n`],
      ['is told what it lacks where there is no user but root', ''],
    ])('%s: tcpdump', (_, lent) =>
      withHome(async (home) => {
        const users = join(home, 'subuid');
        writeFileSync(users, lent);
        const lend = `touch /etc/subuid /etc/subgid && mount --bind "$0" /etc/subuid && mount --bind "$0" /etc/subgid`;
        const by = [
          ...['unshare', '-m', 'sh', '-c', `${lend} && exec "$@"`, users],
          ...[...withOpenDevice(join(home, 'tun')), ...AS_NOBODY],
        ];
        const environment = { XDG_RUNTIME_DIR: home };
        await withLab(
          LAB,
          async (lab) => {
            const exec = (...command: readonly string[]): string[] => [
              ...['env', `XDG_RUNTIME_DIR=${home}`, ...AS_NOBODY, process.execPath, MAIN],
              ...['-n', lab.name, 'exec', 'alice', '--', ...command],
            ];
            const tcpdump = new Background(exec('tcpdump', '-nlc', '1', '-i', 'tp-alice-red', 'icmp'));
            try {
              if (lent === '') {
                expect(await tcpdump.ended()).toBe(1);
                expect(tcpdump.stderr).toContain('usermod --add-subuids');
                return;
              }
              await until(() => tcpdump.stderr.includes('listening on'), 10_000, 'tcpdump to listen');
              const [file = '', ...args] = exec('ping', '-n', '-c', '1', '203.0.113.10');
              expect((await run(file, args)).code).toBe(0);
              expect(await tcpdump.ended(), tcpdump.stderr).toBe(0);
              expect(tcpdump.stdout).toContain('198.51.100.10 > 203.0.113.10: ICMP echo request');
              expect(tcpdump.stderr).not.toContain('usermod');
            } finally {
              await tcpdump.stop();
            }
          },
          { flags: ['--rootless'], environment, by },
        );
      }),
    );

    it('has a demo for that user', () =>
      withHome(async (home) => {
        const [file = '', ...args] = [
          ...withOpenDevice(join(home, 'tun')),
          ...AS_NOBODY,
          process.execPath,
          MAIN,
          'demo',
        ];
        const { code, stdout, stderr } = await run('env', [`XDG_RUNTIME_DIR=${home}`, file, ...args], {
          timeout: 40_000,
        });
        expect(stdout).toMatch(/(\d+) of \1 steps came out as expected/);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(readdirSync(join(home, 'tunpike'))).toEqual([]);
      }));
  },
  { concurrent: true },
);

describeKernel(
  'the demos',
  ['ping', 'traceroute', 'script'],
  () => {
    it.each(['ping', 'three-hop', 'redirect'])(
      '%s shows what it promises, and leaves nothing',
      async (scenario) => {
        const demo = new Background([process.execPath, MAIN, 'demo', scenario]);
        try {
          await demo.ended(40_000);
        } finally {
          await demo.kill();
        }
        expect(demo.stdout).toMatch(/(\d+) of \1 steps came out as expected/);
        expect(demo.stdout).not.toContain('skipped');
        expect(demo.code).toBe(0);
        expect(leftovers(`demo-${demo.pid}`)).toEqual([]);
      },
    );

    it('have a shell at a terminal, which knows the program and its lab', async () => {
      const typed =
        'tunpike show status; echo "code=$?"\ntunpike -n none show status; echo "code=$?"\nexit 7\n';
      const command = [process.execPath, MAIN, 'demo', 'redirect'].map((word) => `'${word}'`).join(' ');
      const { code, stdout } = await run('script', ['-qec', command, '/dev/null'], {
        input: typed,
        timeout: 40_000,
      });
      expect(stdout).toMatch(/demo-\d+ is running/);
      expect(stdout).toMatch(/^code=0\r?$/m);
      expect(stdout).toMatch(/^code=5\r?$/m);
      expect(code).toBe(7);
    });

    it('gives the exit code of a command of one’s own', async () => {
      const own = await run(process.execPath, [MAIN, 'demo', '--run', 'ping -c 1 203.0.113.10 && exit 3']);
      expect(own.stdout).toContain('ttl=63');
      expect(own.code).toBe(3);
    });
  },
  { concurrent: true },
);
