import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import { Failure } from '../../src/failure.js';
import { HostSide } from '../../src/host/host-side.js';
import { namespaceIdentity, processesIn } from '../../src/host/namespaces.js';
import { readState } from '../../src/host/state-file.js';
import { StateFile } from '../../src/host/state-writing.js';
import { describeKernel, ip, run, until, withNamespace } from '../support/kernel.js';
import { host, lab, openRealPort } from './lab.js';
import { deadState, withFolder } from './state.js';

const unique = (name: string): string => `tphost-${name}-${process.pid}`;

const bring = (configuration: Configuration, directory: string, openPort = openRealPort) =>
  HostSide.bring(configuration, {
    openPort,
    instance: { socket: '/tmp/none.sock', file: undefined, version: '0.0.0', rootless: false },
    log: () => {},
    directory,
  });

/** Everything of this machine's that a lab could have touched. */
const machine = async (folder: string): Promise<unknown> => [
  (await ip('netns')).split('\n').filter((line) => line.includes(String(process.pid))),
  JSON.parse(await ip('-j addr')).map((link: { ifname: string }) => link.ifname),
  await ip('route'),
  readdirSync(folder),
];

const failureOf = async (started: Promise<unknown>): Promise<Failure> => {
  const error = await started.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw new Error(`no failure, but ${error}`);
};

describeKernel('the host side of a lab', [], () => {
  it('is there whole, and leaves nothing when it ends', () =>
    withFolder(async (folder) => {
      const before = await machine(folder);
      const [alice, bob] = [unique('a'), unique('b')];
      const hosts = [
        host({ name: alice, routes: ['default', '224.0.0.0/4'] }),
        host({ name: bob, link: 'blue', address: '203.0.113.10/32', routes: ['198.51.100.0/24'] }),
      ];
      const start = performance.now();
      const side = await bring(lab({ hosts, mtu: 1400 }), folder);
      const took = performance.now() - start;
      try {
        const [device] = JSON.parse(await ip('-j addr show dev tp-red', alice));
        expect(device).toMatchObject({ mtu: 1400, flags: expect.arrayContaining(['UP', 'LOWER_UP']) });
        expect(device.addr_info).toMatchObject([{ family: 'inet', local: '198.51.100.10', prefixlen: 24 }]);
        expect(
          (await ip('route', alice))
            .trim()
            .split('\n')
            .map((line) => line.trim()),
        ).toEqual([
          'default via 198.51.100.1 dev tp-red',
          '198.51.100.0/24 dev tp-red proto kernel scope link src 198.51.100.10',
          '224.0.0.0/4 dev tp-red scope link',
        ]);
        expect(await ip('link show dev lo', alice)).toContain('LOOPBACK,UP');
        const sysctl = await run('sysctl', ['-n', 'net.ipv6.conf.tp-red.disable_ipv6'], { namespace: alice });
        expect(sysctl.stdout.trim()).toBe('1');
        expect(side.attachments.map((own) => [own.host, own.link, own.device])).toEqual([
          [alice, 'red', 'tp-red'],
          [bob, 'blue', 'tp-blue'],
        ]);
        expect(side.port(bob, 'blue')?.device).toBe('tp-blue');
        expect(readState('lab', folder)?.objects).toContainEqual({
          kind: 'namespace',
          name: alice,
          created: true,
          identity: namespaceIdentity(alice),
          placeholder: expect.stringMatching(/^\d+:\d+$/),
        });
      } finally {
        await side.close();
      }
      await side.close();
      expect(await machine(folder)).toEqual(before);
      console.error(`two hosts were up after ${took.toFixed(0)} ms`);
    }));

  it('changes nothing where a namespace of that name is somebody else’s', () =>
    withNamespace('tphost', (foreign) =>
      withFolder(async (folder) => {
        const before = [await machine(folder), namespaceIdentity(foreign), await ip('addr', foreign)];
        const failure = await failureOf(bring(lab({ hosts: [host({ name: foreign })] }), folder));
        expect(failure.exitCode).toBe(6);
        expect(failure.message).toContain(`network namespace ${foreign} exists already`);
        expect([await machine(folder), namespaceIdentity(foreign), await ip('addr', foreign)]).toEqual(
          before,
        );
      }),
    ));

  it('uses a namespace that is asked for by name, and gives it back as it was', () =>
    withNamespace('tphost', (given) =>
      withFolder(async (folder) => {
        const before = [namespaceIdentity(given), await ip('-o addr', given), await ip('route', given)];
        const side = await bring(lab({ hosts: [host({ namespace: given })] }), folder);
        expect(await ip('-o addr show dev tp-red', given)).toContain('198.51.100.10/24');
        await side.close();
        expect([namespaceIdentity(given), await ip('-o addr', given), await ip('route', given)]).toEqual(
          before,
        );
        expect(readdirSync(folder)).toEqual([]);
      }),
    ));

  it('changes nothing where devices, addresses and routes are in use, and names them all', () =>
    withNamespace('tphost', (given) =>
      withFolder(async (folder) => {
        await ip('tuntap add dev other mode tun', given);
        await ip('link add tp-red type veth peer name tp-peer', given);
        await ip('addr add 198.51.100.10/24 dev other', given);
        await ip('link set other up', given);
        await ip('route add default via 198.51.100.77', given);
        const before = [await ip('-o addr', given), await ip('route', given), await machine(folder)];
        const failure = await failureOf(bring(lab({ hosts: [host({ namespace: given })] }), folder));
        expect(failure.exitCode).toBe(6);
        for (const word of ['device tp-red', 'address 198.51.100.10', 'route default'])
          expect(failure.message).toContain(word);
        expect([await ip('-o addr', given), await ip('route', given), await machine(folder)]).toEqual(before);
      }),
    ));

  it('undoes everything where the second device cannot be opened', () =>
    withFolder(async (folder) => {
      const before = await machine(folder);
      const hosts = [
        host({ name: unique('c'), persistent: true }),
        host({ name: unique('d'), link: 'blue', address: '203.0.113.10/24' }),
      ];
      const refusing: typeof openRealPort = async (options) => {
        if (options.device === 'tp-blue') throw new Failure(4, 'no more devices');
        return openRealPort(options);
      };
      const failure = await failureOf(bring(lab({ hosts }), folder, refusing));
      expect(failure.exitCode).toBe(4);
      expect(failure.message).toContain('everything done so far was undone');
      expect(await machine(folder)).toEqual(before);
    }));

  it.each([
    ['no space is left', 4, ['-o', 'remount,nr_inodes=2'], 'df -h'],
    ['the file system is read-only', 9, ['-o', 'remount,ro'], 'remount,rw'],
  ])('undoes everything where %s for its note of it', (what, exitCode, meanwhile, fix) =>
    withFolder(async (folder) => {
      await run('mount', ['-t', 'tmpfs', '-o', 'mode=755,size=64k', 'none', folder]);
      try {
        const before = await machine(folder);
        const hosts = [host({ name: unique('n'), persistent: true })];
        const shrinking: typeof openRealPort = async (options) => {
          const port = await openRealPort(options);
          const { code, stderr } = await run('mount', [...meanwhile, folder]);
          expect(code, stderr).toBe(0);
          return port;
        };
        const failure = await failureOf(bring(lab({ hosts }), folder, shrinking));
        expect(failure.message).toContain(`${folder}/lab.state.json cannot be written: ${what}`);
        expect(failure.fix).toContain(fix);
        expect(failure.exitCode).toBe(exitCode);
        await run('mount', ['-o', 'remount,rw', folder]);
        if (exitCode === 9) expect(failure.message).toContain('cannot be removed');
        rmSync(join(folder, 'lab.state.json'), { force: true });
        expect(await machine(folder)).toEqual(before);
      } finally {
        await run('umount', [folder]);
      }
    }),
  );

  it('undoes everything where the kernel refuses a route, and says which', () =>
    withFolder(async (folder) => {
      const before = await machine(folder);
      const hosts = [host({ name: unique('e'), routes: ['240.0.0.0/4', '240.0.0.0/4'] })];
      const failure = await failureOf(bring(lab({ hosts }), folder));
      expect(failure.message).toContain('route add 240.0.0.0/4 via 198.51.100.1 dev tp-red');
      expect(await machine(folder)).toEqual(before);
    }));

  it('leaves a persistent device and its namespace, and takes them over again', () =>
    withFolder(async (folder) => {
      const alice = unique('f');
      const configuration = lab({ hosts: [host({ name: alice, persistent: true })] });
      try {
        const first = await bring(configuration, folder);
        const index = JSON.parse(await ip('-j link show dev tp-red', alice))[0].ifindex;
        await first.close();
        expect(await ip('-o addr show dev tp-red', alice)).toContain('198.51.100.10/24');
        expect(readState('lab', folder)?.stopped).toBe(true);
        const second = await bring(configuration, folder);
        const [device] = JSON.parse(await ip('-j addr show dev tp-red', alice));
        expect(device.ifindex).toBe(index);
        expect(device.addr_info).toHaveLength(1);
        await second.close();
        expect(readdirSync(folder)).toEqual(['lab.state.json']);
      } finally {
        await run('ip', ['netns', 'del', alice]);
      }
    }));

  it('leaves what an earlier run made in another network namespace, and what has its index here', () =>
    withFolder(async (folder) => {
      const device = `tpo${process.pid}`;
      await ip(`tuntap add ${device} mode tun`);
      try {
        const [{ ifindex: index }] = JSON.parse(await ip(`-j link show dev ${device}`));
        const theirs = {
          name: device,
          namespace: null,
          host: 'alice',
          link: 'red',
          addresses: [],
          routes: [],
        };
        const objects = [{ kind: 'device', ...theirs, persistent: false, created: true, index } as const];
        StateFile.claim(deadState({ ownNamespace: 'net:[1]', objects }), folder);
        const side = await bring(lab({ hosts: [host({ name: unique('o') })] }), folder);
        await side.close();
        expect(await ip(`link show dev ${device}`)).toContain(device);
        expect(readState('lab', folder)).toBeUndefined();
      } finally {
        await ip(`link del ${device}`);
      }
    }));

  it('refuses a name that a living instance has, and leaves that one alone', () =>
    withFolder(async (folder) => {
      const side = await bring(lab({ hosts: [host({ name: unique('g') })] }), folder);
      try {
        const failure = await failureOf(bring(lab({ hosts: [host({ name: unique('h') })] }), folder));
        expect(failure.exitCode).toBe(6);
        expect(readdirSync(folder)).toEqual(['lab.state.json']);
        expect(namespaceIdentity(unique('g'))).toBeDefined();
        expect(namespaceIdentity(unique('h'))).toBeUndefined();
      } finally {
        await side.close();
      }
    }));

  it('ends with exit code 9 and the command to type where something cannot be removed', () =>
    withFolder(async (folder) => {
      const alice = unique('i');
      const side = await bring(lab({ hosts: [host({ name: alice })] }), folder);
      try {
        // The kernel removes no name on which something is mounted twice.
        await run('mount', ['--bind', `/run/netns/${alice}`, `/run/netns/${alice}`]);
        const failure = await failureOf(side.close());
        expect([failure.exitCode, failure.fix]).toEqual([9, `ip netns del ${alice}`]);
        expect(failure.message).toContain(`namespace ${alice}: the kernel refuses: it is in use (EBUSY)`);
        expect(readState('lab', folder)?.objects.map(({ kind }) => kind)).toContain('namespace');
      } finally {
        await ip(`netns del ${alice}`);
      }
    }));

  it('ends although programs still run in its namespace, and says which', () =>
    withFolder(async (folder) => {
      const alice = unique('j');
      const lines: string[] = [];
      const side = await HostSide.bring(lab({ hosts: [host({ name: alice })] }), {
        openPort: openRealPort,
        instance: { socket: '/s', file: undefined, version: '0', rootless: false },
        log: (line) => lines.push(line),
        directory: folder,
      });
      const shell = spawn('ip', ['netns', 'exec', alice, 'sleep', '60']);
      try {
        await until(() => processesIn([alice]).size > 0, 5_000, 'the program');
        await side.close();
        expect(lines).toContain(
          `processes still run in namespace ${alice}, which now has no name: ${shell.pid}`,
        );
        expect(namespaceIdentity(alice)).toBeUndefined();
      } finally {
        shell.kill('SIGKILL');
      }
    }));
});
