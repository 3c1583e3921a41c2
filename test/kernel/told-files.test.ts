import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel, until } from '../support/kernel.js';
import { failingStart, freshName, labText, leftovers, MAIN, tunpike } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'kttold-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

describeKernel('a file that `up` is told to write', ['unshare'], () => {
  const upWith = (readyFile: string, name: string): Background =>
    new Background([
      // One device stands in the namespace where the program runs: it gets one of its own, whatever this machine has.
      ...['unshare', '-n', process.execPath, MAIN, '-n', name, 'up', '--ready-file', readyFile],
      ...['--tun', 'tpready0=192.0.2.1/24,host=192.0.2.2/24'],
    ]);

  it.each<[string, (path: string) => void]>([
    ['a link', (path) => symlinkSync(`${path}.target`, path)],
    ['a file of somebody else', (path) => writeFileSync(path, 'precious\n')],
  ])('changes nothing where %s has the ready file’s name', (_, make) =>
    withFolder(async (folder) => {
      const path = join(folder, 'ready');
      make(path);
      const before = lstatSync(path, { bigint: true });
      const name = freshName();
      const lab = upWith(path, name);
      expect(await lab.ended()).toBe(6);
      expect(lab.stdout).toBe('');
      expect(lab.stderr).toContain(`${path} cannot be the ready file`);
      expect(lab.stderr).not.toContain('undone');
      expect(lab.stderr).toMatch(/^fix: .*--ready-file FILE/m);
      const { ino, mtimeNs } = lstatSync(path, { bigint: true });
      expect([ino, mtimeNs]).toEqual([before.ino, before.mtimeNs]);
      expect(leftovers(name)).toEqual([]);
    }),
  );

  it('refuses a device, and leaves it', async () => {
    const lab = upWith('/dev/full', freshName());
    expect(await lab.ended()).toBe(6);
    expect(lab.stderr).toContain('/dev/full cannot be the ready file: it is a device');
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('replaces what a killed lab left, and leaves in the end what has replaced its own', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'ready');
      writeFileSync(path, '4711\n');
      const lab = upWith(path, freshName());
      try {
        await lab.printed(/^ready/m);
        expect(readFileSync(path, 'utf8')).toBe(`${lab.pid}\n`);
        rmSync(path);
        writeFileSync(path, 'precious\n');
      } finally {
        await lab.stop();
      }
      expect(readFileSync(path, 'utf8')).toBe('precious\n');
    }));

  it('leaves nothing beside the ready file where the lab is killed while it starts', () =>
    withFolder(async (folder) => {
      const name = freshName();
      const lab = upWith(join(folder, 'ready'), name);
      try {
        await until(() => existsSync(`/run/tunpike/${name}.state.json`), 15_000, 'the state file');
        lab.signal('SIGKILL');
        await lab.ended();
        expect(readdirSync(folder).filter((each) => each !== 'ready')).toEqual([]);
      } finally {
        await lab.stop();
        // Its device has gone with the namespace that it ran in.
        const { code, stderr } = await tunpike(['down', name, '--force']);
        expect([code, stderr]).toEqual([0, '']);
      }
      expect(leftovers(name)).toEqual([]);
    }));

  it('changes nothing where a file has the control socket’s name', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'lab.sock');
      writeFileSync(path, 'precious\n');
      const lab = labText(`control: { socket: ${path} }\n${ONE_LINK}`);
      const process = await failingStart(lab);
      expect(process.code).toBe(6);
      expect(process.stderr).toContain(`${path} exists and is not a socket`);
      expect(process.stderr).not.toContain('undone');
      expect(readFileSync(path, 'utf8')).toBe('precious\n');
      expect(leftovers(lab.name)).toEqual([]);
    }));
});
