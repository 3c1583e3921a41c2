import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTimeOf } from '../../src/host/process-identity.js';
import { makeRuntimeDirectory, runtimeDirectory } from '../../src/host/runtime-directory.js';
import { findInstance, isAlive, readState, readStates } from '../../src/host/state-file.js';
import { removeHalfWritten, StateFile, settleState } from '../../src/host/state-writing.js';
import { failureOf } from '../support/failure.js';
import { until } from '../support/kernel.js';
import { deadState, state, withFolder } from './state.js';

describe('a state file', () => {
  it('holds what was written last, and nothing else lies beside it', () =>
    withFolder((folder) => {
      const file = StateFile.claim(state(), folder);
      file.update({ socket: '/tmp/other.sock' });
      expect(readState('lab', folder)).toEqual(state({ socket: '/tmp/other.sock' }));
      expect(readdirSync(folder)).toEqual(['lab.state.json']);
      file.remove();
      file.remove();
      expect(readdirSync(folder)).toEqual([]);
    }));

  it('that was only half written is removed, unless its writer lives', () =>
    withFolder((folder) => {
      const alive = `lab.state.json.${process.pid}.${startTimeOf(process.pid)}`;
      const others = [alive, 'lab.state.json.1.x', 'labx.state.json.1.2'];
      for (const file of [...others, 'lab.state.json.1.2']) writeFileSync(join(folder, file), '');
      removeHalfWritten('lab', folder);
      expect(readdirSync(folder).sort()).toEqual(others.sort());
      removeHalfWritten('lab', join(folder, 'nowhere'));
    }));

  it('cannot be claimed while the instance lives, and stays as it was', () =>
    withFolder((folder) => {
      const file = StateFile.claim(state(), folder);
      const before = readFileSync(file.path, 'utf8');
      const failure = failureOf(() => StateFile.claim(state({ socket: '/elsewhere' }), folder));
      expect(failure.exitCode).toBe(6);
      expect(failure.message).toContain(`process ${process.pid}`);
      expect(readFileSync(file.path, 'utf8')).toBe(before);
      expect(readdirSync(folder)).toHaveLength(1);
    }));

  it('can be claimed after a dead instance, and not from what is not believed: it may be all that tells of something', () =>
    withFolder((folder) => {
      StateFile.claim(deadState(), folder);
      StateFile.claim(state(), folder);
      const path = join(folder, 'half.state.json');
      const refused = { exitCode: 6, fix: expect.stringContaining(`rm ${path}`) };
      for (const text of ['', '{"format":1,"name":"ha', JSON.stringify({ ...deadState(), name: 'other' })]) {
        writeFileSync(path, text);
        expect(failureOf(() => StateFile.claim(state({ name: 'half' }), folder))).toMatchObject(refused);
        expect(readFileSync(path, 'utf8')).toBe(text);
      }
      rmSync(path);
      mkdirSync(path);
      expect(failureOf(() => StateFile.claim(state({ name: 'half' }), folder)).fix).toContain(
        `rm -r ${path}`,
      );
      expect(readdirSync(folder)).toEqual(['half.state.json', 'lab.state.json']);
      expect(readStates(folder).map(({ name }) => name)).toEqual(['lab']);
    }));

  it('leaves what somebody else has put in its place, and comes back where it was taken away', () =>
    withFolder((folder) => {
      const file = StateFile.claim(state(), folder);
      rmSync(file.path);
      file.update({ socket: '/tmp/other.sock' });
      expect(readState('lab', folder)?.socket).toBe('/tmp/other.sock');
      file.update({ socket: '/tmp/third.sock' });
      expect(readState('lab', folder)?.socket).toBe('/tmp/third.sock');
      rmSync(file.path);
      const another = StateFile.claim(deadState(), folder);
      const before = readFileSync(file.path, 'utf8');
      expect(failureOf(() => file.update({ socket: '/tmp/fourth.sock' }))).toMatchObject({
        exitCode: 4,
        message: expect.stringContaining('somebody has put another in its place'),
      });
      file.restore();
      file.remove();
      settleState({ ...state(), pid: 1 }, [], folder);
      expect(file.state.socket).toBe('/tmp/third.sock');
      expect(readFileSync(file.path, 'utf8')).toBe(before);
      expect(readdirSync(folder)).toEqual(['lab.state.json']);
      another.remove();
      expect(readdirSync(folder)).toEqual([]);
    }));

  it.each([
    ['empty', ''],
    ['half-written', '{"format":1,'],
    ['of another program', '{"pid": 7}'],
    ['of a later format', JSON.stringify({ ...state({ name: 'x' }), format: 2 })],
    ["under another instance's name", JSON.stringify(state({ name: 'y' }))],
    ['binary', '\0\xff\0'],
  ])('that is %s is passed over', (_what, text) =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'x.state.json'), text);
      mkdirSync(join(folder, 'z.state.json'));
      expect(readStates(folder)).toEqual([]);
    }),
  );

  it('is none where there is no folder', () => {
    expect(readStates('/nonexistent/tunpike')).toEqual([]);
  });
});

describe('an instance', () => {
  it('is alive only as the very process that wrote its state', () => {
    expect(isAlive(state())).toBe(true);
    expect(isAlive(deadState())).toBe(false);
    expect(isAlive(state({ bootId: 'another' }))).toBe(false);
    expect(isAlive(state({ stopped: true }))).toBe(false);
  });

  it('is dead once killed, reaped or not, whatever its name', () =>
    withFolder(async (folder) => {
      const program = join(folder, 'odd) S 1 (name');
      symlinkSync(execFileSync('which', ['sleep'], { encoding: 'utf8' }).trim(), program);
      const parent = spawn('sh', ['-c', '"$0" 60 & echo $!; read line', program], { stdio: 'pipe' });
      const pid = await new Promise<number>((resolve) =>
        parent.stdout.once('data', (octets) => resolve(Number(octets))),
      );
      try {
        await until(() => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('odd'), 5_000, 'the program');
        expect(startTimeOf(pid)).toBeGreaterThan(1);
        process.kill(pid, 'SIGKILL');
        await until(() => startTimeOf(pid) === undefined, 5_000, 'its end');
      } finally {
        parent.stdin.end();
      }
    }));

  it('is found by its name, or alone without one', () =>
    withFolder((folder) => {
      StateFile.claim(state(), folder);
      expect(findInstance(undefined, folder).name).toBe('lab');
      expect(findInstance('lab', folder).name).toBe('lab');
      StateFile.claim(deadState({ name: 'dead' }), folder);
      expect(findInstance(undefined, folder).name).toBe('lab');
    }));

  it('is asked for by name where several run', () =>
    withFolder((folder) => {
      StateFile.claim(state({ name: 'a' }), folder);
      StateFile.claim(state({ name: 'b' }), folder);
      const failure = failureOf(() => findInstance(undefined, folder));
      expect([failure.exitCode, failure.message]).toEqual([5, 'several instances are running: a, b']);
    }));

  it('that is missing gets a helpful answer', () =>
    withFolder((folder) => {
      expect(failureOf(() => findInstance(undefined, folder))).toMatchObject({
        exitCode: 5,
        message: 'no instance is running',
      });
      StateFile.claim(deadState(), folder);
      expect(failureOf(() => findInstance('lab', folder))).toMatchObject({
        exitCode: 5,
        fix: 'tunpike down lab --force',
      });
      const kept = { kind: 'namespace', name: 'bob', created: true, identity: null } as const;
      StateFile.claim(deadState({ name: 'kept', stopped: true, objects: [kept] }), folder);
      expect(failureOf(() => findInstance('kept', folder))).toMatchObject({
        exitCode: 5,
        fix: 'tunpike up FILE, or tunpike down kept --purge to remove it',
      });
      StateFile.claim(state({ name: 'other' }), folder);
      expect(failureOf(() => findInstance('x', folder)).message).toContain('running: other');
      expect(failureOf(() => findInstance('../lab', folder)).exitCode).toBe(5);
    }));
});

describe('the runtime folder', () => {
  it("is root's, the session's, or one in /tmp", () => {
    expect(runtimeDirectory({}, 0)).toBe('/run/tunpike');
    expect(runtimeDirectory({ XDG_RUNTIME_DIR: '/run/user/0' }, 0)).toBe('/run/tunpike');
    expect(runtimeDirectory({ XDG_RUNTIME_DIR: '/run/user/7' }, 7)).toBe('/run/user/7/tunpike');
    expect(runtimeDirectory({}, 7)).toBe('/tmp/tunpike-7');
    expect(runtimeDirectory({ TUNPIKE_RUNTIME_DIR: 'a/run' })).toBe(join(process.cwd(), 'a/run'));
  });

  it('is refused where it is a link that somebody put there', () =>
    withFolder((folder) => {
      symlinkSync('/tmp', join(folder, 'trap'));
      expect(failureOf(() => makeRuntimeDirectory(join(folder, 'trap'))).exitCode).toBe(4);
    }));
});
