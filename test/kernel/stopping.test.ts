import { existsSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeKernel, ip, pythonCommand, run, until, withNamespace } from '../support/kernel.js';
import { labText, launch, leftovers, type RunningLab, startLab, tunpike, withLab } from '../support/lab.js';
import { TWO_LINKS } from '../support/topologies.js';

const FLOOD = `
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end = time.monotonic() + 2
print('flooding', flush=True)
while time.monotonic() < end:
    try:
        for _ in range(100): s.sendto(b'x' * 64, (sys.argv[1], 9999))
    except OSError:
        pass
`;

/** Floods both ways for 2 s at most, and calls `body` in the middle of it. */
async function underLoad(lab: RunningLab, body: () => Promise<void>): Promise<void> {
  const floods = [
    lab.background('alice', pythonCommand(FLOOD, '203.0.113.10')),
    lab.background('bob', pythonCommand(FLOOD, '198.51.100.10')),
    lab.background('alice', ['ping', '-n', '-q', '-f', '-w', '2', '203.0.113.10']),
  ];
  try {
    await Promise.all(floods.slice(0, 2).map((flood) => flood.printed(/flooding/)));
    const forwarded = async (): Promise<boolean> =>
      ((await lab.show<{ ledgers: { forwarded: number }[] }>('status')).ledgers[0]?.forwarded ?? 0) > 1000;
    await until(forwarded, 5000, 'the flood to reach the router');
    await body();
  } finally {
    await Promise.all(floods.map((flood) => flood.kill()));
  }
}

describeKernel('the end of a lab', ['ping', 'python3'], () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('is clean after %s in the middle of a flood', async (signal) => {
    const lab = await startLab(TWO_LINKS);
    try {
      await underLoad(lab, async () => {
        const startedAt = performance.now();
        lab.process.signal(signal);
        expect(await lab.process.ended()).toBe(0);
        console.info(`${signal} under load: ended after ${(performance.now() - startedAt).toFixed(0)} ms`);
        expect(leftovers(lab.name)).toEqual([]);
      });
    } finally {
      await lab.abandon();
    }
  });

  // Each of these is there at another moment of the start, and none of them is the last of its kind.
  it.each([
    ['the state file', (name: string) => `/run/tunpike/${name}.state.json`],
    ['the first namespace', (name: string) => `/run/netns/${name}-alice`],
    ['the control socket', (name: string) => `/run/tunpike/${name}.sock`],
  ])('is clean in the middle of the start, when %s is there', async (_, path) => {
    const text = labText(TWO_LINKS);
    const { folder, process } = launch(text);
    try {
      await until(() => existsSync(path(text.name)), 10_000, path(text.name));
      process.signal('SIGTERM');
      expect(await process.ended()).toBe(0);
      expect(leftovers(text.name)).toEqual([]);
    } finally {
      await process.stop();
      await tunpike(['down', text.name, '--force']);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('leaves what is persistent, with the memberships of its programs, until `down --purge`', async () => {
    const text = labText(TWO_LINKS.replace('routes: [default] }', 'routes: [default], persistent: true }'));
    try {
      const first = await startLab(text);
      expect(await first.stop()).toBe(0);
      const alice = first.namespaceOf('alice');
      expect(leftovers(text.name)).toContain(alice);
      expect(leftovers(text.name)).not.toContain(first.namespaceOf('bob'));
      await ip('address add 239.1.2.3/32 dev tp-alice-red autojoin', alice);

      const second = await startLab(text);
      expect((await second.on('alice', 'ping -n -c 1 -W 10 203.0.113.10')).stdout).toContain('ttl=63');
      expect((await second.on('alice', 'ip maddress show dev tp-alice-red')).stdout).toContain('239.1.2.3');
      expect(await second.stop()).toBe(0);

      const { code, stdout } = await tunpike(['down', text.name, '--purge']);
      expect(stdout).toContain(`${text.name} is down`);
      expect(code).toBe(0);
      expect(leftovers(text.name)).toEqual([]);
    } finally {
      await tunpike(['down', text.name, '--purge']);
    }
  });

  it('is what `tunpike down` waits for', () =>
    withLab(TWO_LINKS, async (lab) => {
      const { code, stdout } = await tunpike(['down', lab.name]);
      expect(code).toBe(0);
      expect(stdout).toContain(`${lab.name} is down`);
      expect(leftovers(lab.name)).toEqual([]);
      expect(await lab.process.ended()).toBe(0);
    }));

  it('undoes in this namespace what the lab did there, and nothing else', async () => {
    // A private network namespace stands for the machine's own.
    await withNamespace('ktself', async (self) => {
      await ip('tuntap add dev ktother mode tun', self);
      await ip('address add 192.0.2.1/24 dev ktother', self);
      await ip('link set ktother up', self);
      const picture = async (): Promise<string> => (await ip('-o address', self)) + (await ip('route', self));
      const before = await picture();
      const text = labText(`
links: { red: {} }
hosts:
  me: { namespace: self, interfaces: { red: { address: 198.51.100.10/24, routes: [10.0.0.0/8] } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`);
      // `nsenter --net`, as `ip netns exec` mounts a /sys of its own.
      const by = ['nsenter', `--net=/run/netns/${self}`];
      await withLab(
        text,
        async () => {
          expect((await run('ping', ['-c', '1', '198.51.100.1'], { namespace: self })).code).toBe(0);
          expect(await picture()).toContain('10.0.0.0/8 via 198.51.100.1');
        },
        { by },
      );
      expect(await picture()).toBe(before);
    });
  });
});

describeKernel('a lab that was killed', ['ping', 'ip'], () => {
  it('is cleaned up by `down --force`, which touches nothing else', () =>
    withNamespace('ktforeign', async (foreign) => {
      await ip('tuntap add dev ktforeign0 mode tun', foreign);
      const lab = await startLab(TWO_LINKS);
      try {
        await lab.process.kill();
        expect(leftovers(lab.name)).toContain(`${lab.name}-alice`);
        const { code, stdout } = await tunpike(['down', lab.name, '--force']);
        expect(code).toBe(0);
        expect(stdout).toContain(`${lab.name} is down`);
        expect(leftovers(lab.name)).toEqual([]);
        expect(await ip('-o link show dev ktforeign0', foreign)).toContain('ktforeign0');
        const again = await tunpike(['down', lab.name, '--force']);
        expect([again.code, again.stdout]).toEqual([0, `nothing is left of ${lab.name}\n`]);
      } finally {
        await lab.abandon();
      }
    }));

  it('leaves alone what somebody else has put in the place of its namespace since', async () => {
    const lab = await startLab(TWO_LINKS);
    const namespace = lab.namespaceOf('alice');
    try {
      await lab.process.kill();
      await ip(`netns del ${namespace}`);
      await ip(`netns add ${namespace}`);
      expect((await tunpike(['down', lab.name, '--force'])).code).toBe(0);
      expect(leftovers(lab.name)).toEqual([namespace]);
    } finally {
      await run('ip', ['netns', 'del', namespace]);
      await lab.abandon();
    }
  });

  it('stays noted while somebody’s mount hides a namespace of it, and is cleaned up when that is gone', async () => {
    const lab = await startLab(TWO_LINKS);
    const hidden = lab.namespaceOf('alice');
    try {
      await run('mount', ['--bind', `/run/netns/${lab.namespaceOf('bob')}`, `/run/netns/${hidden}`]);
      lab.process.signal('SIGTERM');
      expect(await lab.process.ended()).toBe(9);
      const said = [
        `  namespace ${hidden}: it is still there, beneath what somebody has mounted on /run/netns/${hidden}`,
        `fix: umount /run/netns/${hidden} && tunpike down ${lab.name} --force`,
      ].join('\n');
      expect(lab.process.stderr).toContain(said);
      for (let times = 0; times < 2; times += 1)
        expect(await tunpike(['down', lab.name, '--force'])).toMatchObject({
          code: 9,
          stderr: `error: not everything could be undone:\n${said}\n`,
        });
      await run('umount', [`/run/netns/${hidden}`]);
      expect(await tunpike(['down', lab.name, '--force'])).toMatchObject({
        code: 0,
        stdout: `removed namespace ${hidden}\n${lab.name} is down\n`,
      });
      expect(leftovers(lab.name)).toEqual([]);
    } finally {
      await run('umount', [`/run/netns/${hidden}`]);
      await lab.abandon();
    }
  });

  it('is nobody to talk to, and the answer says what mends it', async () => {
    const lab = await startLab(TWO_LINKS);
    try {
      await lab.process.kill();
      for (const words of [['show', 'status'], ['down'], ['exec', 'alice', '--', 'true']]) {
        const { code, stderr } = await lab.tunpike(...words);
        expect(code).toBe(5);
        expect(stderr).toContain(`fix: tunpike down ${lab.name} --force`);
      }
    } finally {
      await lab.abandon();
    }
    expect(leftovers(lab.name)).toEqual([]);
  });

  it('can just be started again', async () => {
    const text = labText(TWO_LINKS);
    const killed = await startLab(text);
    try {
      await killed.process.kill();
      await withLab(text, async (lab) => {
        expect((await lab.on('alice', 'ping -n -c 1 -W 10 203.0.113.10')).stdout).toContain('ttl=63');
      });
    } finally {
      await killed.abandon();
    }
  });
});
