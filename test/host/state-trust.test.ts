import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/host/doctor.js';
import { forceDown } from '../../src/host/down-force.js';
import { startTimeOf } from '../../src/host/process-identity.js';
import { makeRuntimeDirectory } from '../../src/host/runtime-directory.js';
import {
  type DeviceObject,
  findInstance,
  type InstanceState,
  type NamespaceObject,
  readState,
  readStateFiles,
  readStates,
} from '../../src/host/state-file.js';
import { StateFile } from '../../src/host/state-writing.js';
import { describeKernel, ip, run, withNamespace } from '../support/kernel.js';
import { MAIN } from '../support/lab.js';
import { NOBODY } from '../support/nobody.js';
import { deadState, state, withFolder } from './state.js';

const quiet = { purge: true, log: () => {} };

/** A state file that somebody wrote by hand. */
const written = (folder: string, text: string | InstanceState): string => {
  const path = join(folder, 'lab.state.json');
  writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text), { mode: 0o644 });
  return path;
};

const whyOf = (folder: string): string | undefined => readStateFiles(folder).faults[0]?.why;

/** Distrusted by everything that reads it, and named by everything that would obey it. */
const expectDistrust = async (folder: string, why: RegExp): Promise<void> => {
  expect(whyOf(folder)).toMatch(why);
  expect([readState('lab', folder), readStates(folder)]).toEqual([undefined, []]);
  expect(() => findInstance('lab', folder)).toThrow(expect.objectContaining({ exitCode: 5 }));
  expect(() => findInstance(undefined, folder)).toThrow(/is not believed/);
  await expect(forceDown('lab', { ...quiet, directory: folder })).rejects.toMatchObject({
    exitCode: 9,
    message: expect.stringContaining('is not believed'),
    fix: expect.stringContaining(`rm ${folder}/lab.state.json`),
  });
  const checks = await examine({ nativeFault: () => undefined, directory: folder });
  expect(checks.find(({ name }) => name === 'state of lab')?.detail).toMatch(why);
};

describeKernel('a state file that others may have written', [], () => {
  const theirs: readonly (readonly [string, RegExp, (path: string, folder: string) => void])[] = [
    ['belongs to another user', /belongs to another user/, (path) => chownSync(path, NOBODY, NOBODY)],
    ['may be written by a group', /others may write/, (path) => chmodSync(path, 0o664)],
    ['may be written by everybody', /others may write/, (path) => chmodSync(path, 0o666)],
    [
      'is a link',
      /is a link/,
      (path) => {
        renameSync(path, `${path}.real`);
        symlinkSync(`${path}.real`, path);
      },
    ],
    [
      'is a pipe',
      /is no file/,
      (path) => {
        renameSync(path, `${path}.real`);
        execFileSync('mkfifo', [path]);
      },
    ],
    [
      'is in a folder of another user',
      /folder: it belongs to another/,
      (_, folder) => chownSync(folder, NOBODY, 0),
    ],
    [
      'is in a folder that all may write',
      /folder: others may write/,
      (_, folder) => chmodSync(folder, 0o777),
    ],
  ];

  it.each(theirs)('is not believed where it %s', (_, why, spoil) =>
    withFolder(async (folder) => {
      const path = written(folder, state());
      expect(readState('lab', folder)).toEqual(state());
      spoil(path, folder);
      await expectDistrust(folder, why);
    }),
  );

  it('is removed by the line that the program says, also where it is a folder', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'lab.state.json');
      mkdirSync(path);
      expect(readStateFiles(folder).faults).toMatchObject([{ path, why: 'it is no file' }]);
      const refused = await forceDown('lab', { ...quiet, directory: folder }).catch((error) => error);
      const checks = await examine({ nativeFault: () => undefined, directory: folder });
      const check = checks.find(({ name }) => name === 'state of lab');
      expect([refused.fix, check?.fix]).toEqual(
        Array(2).fill(expect.stringContaining(`then: rm -r ${path}`)),
      );
      execFileSync('sh', ['-c', refused.fix.slice(refused.fix.indexOf('rm -r'))]);
      expect(readStateFiles(folder)).toEqual({ states: [], faults: [] });
    }));

  it('has nobody killed, whatever it says, and the program says why', () =>
    withFolder(async (folder) => {
      const victim: ChildProcess = spawn('sleep', ['60']);
      try {
        const path = written(folder, state({ pid: victim.pid!, startTime: startTimeOf(victim.pid!)! }));
        const down = () =>
          run(process.execPath, [MAIN, 'down', 'lab', '--force'], { timeout: 20_000 }).then(
            (outcome) => outcome,
          );
        process.env.TUNPIKE_RUNTIME_DIR = folder;
        chownSync(path, NOBODY, NOBODY);
        const file = await down();
        expect([file.code, file.stderr]).toEqual([9, expect.stringContaining('is not believed')]);
        chownSync(path, 0, 0);
        chownSync(folder, NOBODY, NOBODY);
        expect((await down()).code).toBe(9);
        expect(startTimeOf(victim.pid!)).toBeDefined();
      } finally {
        delete process.env.TUNPIKE_RUNTIME_DIR;
        victim.kill('SIGKILL');
      }
    }));

  it('has nothing run, and no device changed, by what stands in its routes', () =>
    withNamespace('tptrust', (namespace) =>
      withFolder(async (folder) => {
        await ip('tuntap add dev tp0 mode tun', namespace);
        const trace = join(folder, 'trace');
        const device: DeviceObject = {
          kind: 'device',
          name: 'tp0',
          namespace,
          host: 'a',
          link: 'red',
          persistent: true,
          created: false,
          index: 2,
          addresses: [],
          routes: [`10.0.0.0/8 dev tp0\nnetns exec ${namespace} touch ${trace}`],
        };
        written(folder, deadState({ objects: [device] }));
        await expectDistrust(folder, /no state of an instance/);
        expect(existsSync(trace)).toBe(false);
        expect(await ip('-o link', namespace)).toContain('tp0');
      }),
    ));

  it('cannot be put into a folder that others made first, or may write in', () =>
    withFolder((folder) => {
      const made = join(folder, 'tunpike-7');
      mkdirSync(made);
      chownSync(made, NOBODY, NOBODY);
      expect(() => makeRuntimeDirectory(made)).toThrow(/belongs to another user/);
      chownSync(made, 0, 0);
      chmodSync(made, 0o775);
      expect(() => makeRuntimeDirectory(made)).toThrow(
        expect.objectContaining({ exitCode: 4, fix: `chmod go-w ${made}` }),
      );
      chmodSync(made, 0o755);
      expect(makeRuntimeDirectory(made)).toBe(made);
    }));
});

describe('what a state file says', () => {
  const namespace: NamespaceObject = {
    kind: 'namespace',
    name: 'alice',
    created: true,
    identity: '7@1',
    placeholder: '1:2',
  };
  const device: DeviceObject = {
    kind: 'device',
    name: 'tp0',
    namespace: 'alice',
    host: 'alice',
    link: 'red',
    persistent: false,
    created: true,
    index: 2,
    addresses: ['198.51.100.10/24'],
    routes: [
      'default via 198.51.100.1 dev tp0',
      '224.0.0.0/4 dev tp0',
      '10.0.0.0/8 via 192.0.2.1 dev tp0 onlink',
    ],
  };

  it('is believed as it is written', () =>
    withFolder((folder) => {
      written(folder, state({ objects: [namespace, device] }));
      expect(readState('lab', folder)).toEqual(state({ objects: [namespace, device] }));
    }));

  const wrong: readonly (readonly [string, object])[] = [
    ['a socket that is no path', { socket: 'x' }],
    ['a socket with a zero octet', { socket: '/run/a\0b' }],
    ['a process that is a group', { pid: -1 }],
    ['a process that is none', { pid: 0 }],
    ['a start that is no number', { startTime: '1' }],
    ['a boot with a slash', { bootId: '../x' }],
    ['a version with a blank', { version: '1 2' }],
    ['another form of namespace', { ownNamespace: 'net:[1] ' }],
    ...[
      { name: '../x' },
      { name: 'a b' },
      { name: '-x' },
      { identity: 'x' },
      { identity: '7@1\n' },
      { placeholder: '1' },
      { created: 1 },
      { kind: 'other' },
    ].map(
      (change) =>
        [`a namespace with ${JSON.stringify(change)}`, { objects: [{ ...namespace, ...change }] }] as const,
    ),
    ...[
      { name: 'rs0#x' },
      { name: 'lo' },
      { namespace: '/etc' },
      { host: 'a\n' },
      { link: '' },
      { index: 0 },
      { index: 1.5 },
      { addresses: ['198.51.100.10/24 dev eth0'] },
      { addresses: ['198.51.100.10/24\n'] },
      { routes: ['default via 198.51.100.1 dev tp0\nlink del eth0'] },
      { routes: ['default; reboot'] },
      { routes: ['default dev tp0 table 7'] },
      { routes: ['10.0.0.1/8 dev tp0'] },
    ].map(
      (change) =>
        [`a device with ${JSON.stringify(change)}`, { objects: [{ ...device, ...change }] }] as const,
    ),
  ];

  it.each(wrong)('is not believed with %s', (_, change) =>
    withFolder((folder) => {
      written(folder, JSON.stringify({ ...state(), ...change }));
      expect(readState('lab', folder)).toBeUndefined();
      expect(whyOf(folder)).toMatch(/no state of an instance/);
    }),
  );

  it.each([
    ['', /no JSON/],
    ['{"format":1,', /no JSON/],
    ['[]', /no state/],
    [JSON.stringify(state({ name: 'other' })), /of another instance/],
  ])('is named where it is garbled: %j', (text, why) =>
    withFolder(async (folder) => {
      written(folder, text);
      await expectDistrust(folder, why);
    }),
  );
});

describe('what killed processes left beside a state file', () => {
  it('is swept up, and what a living one writes is not', () =>
    withFolder((folder) => {
      const parent = process.ppid;
      const living = `lab.state.json.${parent}.${startTimeOf(parent)}`;
      for (const name of [
        'lab.state.json.999999.1',
        `lab.state.json.${parent}.1`,
        living,
        'labx.state.json.999999.1',
      ])
        writeFileSync(join(folder, name), '');
      const file = StateFile.claim(state(), folder);
      expect(readdirSync(folder).sort()).toEqual(
        ['lab.state.json', living, 'labx.state.json.999999.1'].sort(),
      );
      file.remove();
    }));
});
