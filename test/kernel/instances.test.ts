import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTimeOf } from '../../src/host/process-identity.js';
import { state } from '../host/state.js';
import { Background } from '../support/background.js';
import { describeKernel, type Outcome, run, until } from '../support/kernel.js';
import {
  failingStart,
  freshName,
  labText,
  launch,
  leftovers,
  MAIN,
  type RunningLab,
  tunpike,
  withLab,
} from '../support/lab.js';
import { AS_NOBODY } from '../support/nobody.js';
import { ONE_LINK } from '../support/topologies.js';

const isReady = (process: Background): boolean => /^ready/m.test(process.stdout);

interface Status {
  readonly name: string;
  readonly pid: number;
}

// The same addresses in every lab: they must not meet.
describeKernel('two labs side by side', ['ping'], () => {
  it('do not meet, and `-n` says which one is meant', () =>
    withLab(ONE_LINK, (first) =>
      withLab(ONE_LINK, async (second) => {
        for (const lab of [first, second]) {
          expect((await lab.on('alice', 'ping -n -c 2 -i 0.2 198.51.100.1')).stdout).toContain('2 received');
          expect(await lab.shown<Status>('status')).toMatchObject({ name: lab.name, pid: lab.process.pid });
          const [icmp] = await lab.shown<{ received: Record<string, number> }[]>('icmp');
          expect(icmp?.received['echo-request']).toBe(2);
        }
        const { code, stderr } = await tunpike(['show', 'status']);
        expect(code).toBe(5);
        expect(stderr).toContain('several instances are running');
        expect(stderr).toContain(first.name);
        expect(stderr).toContain(second.name);
      }),
    ));

  it('are not taken for a lab without a state file by another name of a socket', () => {
    const socket = `/run/tunpike/${freshName()}.sock`;
    return withLab(`${ONE_LINK}\ncontrol: { read-only-socket: ${socket} }\n`, async () => {
      expect(existsSync(socket)).toBe(true);
      for (const words of [['ls'], ['doctor']]) {
        const { stdout, stderr } = await tunpike(words);
        expect(`${stdout}${stderr}`).not.toContain(socket);
      }
    });
  });

  // Other tests run labs meanwhile, with hosts and routers of the usual names.
  it('are told apart by a host, a router or an interface that only one has', () =>
    withLab(ONE_LINK, () =>
      withLab(ONE_LINK.replaceAll('alice', 'zoe').replaceAll('r1', 'rz'), async (second) => {
        const place = await tunpike(['exec', 'zoe', '--', 'ip', '-br', 'address']);
        expect([place.code, place.stdout]).toEqual([0, expect.stringContaining('tp-zoe-red')]);
        expect((await tunpike(['ping', '-c', '1', '--from', 'rz', 'zoe'])).code).toBe(0);
        expect((await tunpike(['show', 'routes', '-r', 'rz'])).stdout).toContain('rz');
        const both = await tunpike(['exec', 'nobody-here', '--', 'true']);
        expect([both.code, both.stderr]).toEqual([
          5,
          expect.stringContaining('several instances are running'),
        ]);
        const mixed = await tunpike(['ping', '-c', '1', '--from', 'r1', 'zoe']);
        expect([mixed.code, mixed.stderr]).toEqual([5, expect.stringContaining(`none has 'zoe' and 'r1'`)]);
        const told = await run('env', [
          `TUNPIKE_NAME=${second.name}`,
          process.execPath,
          MAIN,
          'show',
          'status',
        ]);
        expect(told.stdout).toContain(`${second.name} is running`);
      }),
    ));

  it('are listed, whosever they are', () =>
    withLab(ONE_LINK, (first) =>
      withLab(
        ONE_LINK,
        async (second) => {
          const { stdout } = await tunpike(['ls', '-j']);
          const rows: readonly { name: string }[] = JSON.parse(stdout);
          const rowOf = (lab: RunningLab): unknown => rows.find(({ name }) => name === lab.name);
          for (const lab of [first, second])
            expect(rowOf(lab)).toEqual({
              name: lab.name,
              state: 'running',
              // The rootless one runs in a process that was started for it.
              pid: lab === first ? lab.process.pid : expect.any(Number),
              user: 'root',
              config: lab.file,
              uptimeSeconds: expect.any(Number),
            });
          const seen = await run(AS_NOBODY[0], [...AS_NOBODY.slice(1), process.execPath, MAIN, 'ls']);
          expect(seen.stdout.split('\n')[0]).toMatch(/^NAME +STATE +PID +USER +FILE$/);
          expect(seen.stdout).toMatch(
            new RegExp(`^${first.name} +running +${first.process.pid} +root +/`, 'm'),
          );
          expect(seen.code).toBe(0);
        },
        { flags: ['--rootless'] },
      ),
    ));

  it('is not ended from another runtime folder, where none runs, by a `down` that names none', () =>
    withLab(ONE_LINK, async (lab) => {
      const elsewhere = join(lab.folder, 'elsewhere');
      const down = [`TUNPIKE_RUNTIME_DIR=${elsewhere}`, process.execPath, MAIN, 'down'];
      const unnamed = await run('env', down);
      expect(unnamed.code).toBe(5);
      // Labs of other tests may be there, too.
      expect(unnamed.stderr).toMatch(
        /no instance of yours is running; \S+ .* is in |several instances are running/,
      );
      expect(await lab.shown<Status>('status')).toMatchObject({ name: lab.name, pid: lab.process.pid });
      const named = await run('env', [...down, lab.name]);
      expect([named.code, named.stderr]).toEqual([0, '']);
      expect(await lab.process.ended()).toBe(0);
    }));

  it('may not have the same name, and the one that runs is not disturbed', async () => {
    const text = labText(ONE_LINK);
    await withLab(text, async (lab) => {
      const process = await failingStart(labText(ONE_LINK.replaceAll('alice', 'other'), text.name));
      expect(process.code).toBe(6);
      expect(process.stderr).toContain(
        `an instance named ${lab.name} is running (process ${lab.process.pid})`,
      );
      expect(process.stderr).toContain(`fix: tunpike down ${lab.name}`);
      expect(process.stdout).toBe('');
      expect(existsSync(`/run/netns/${lab.name}-other`)).toBe(false);
      expect((await lab.on('alice', 'ping -n -c 1 -W 10 198.51.100.1')).code).toBe(0);
    });
  });

  it('cannot both get a name that they ask for at the same moment', async () => {
    const text = labText(ONE_LINK);
    const rivals = [launch(text), launch(text)];
    try {
      const settled = () => rivals.every(({ process }) => process.code !== undefined || isReady(process));
      await until(settled, 10_000, 'both to be ready or ended');
      expect(rivals.filter(({ process }) => isReady(process))).toHaveLength(1);
      const [loser] = rivals.filter(({ process }) => !isReady(process));
      expect(loser?.process.code).toBe(6);
      expect(
        (await tunpike(['-n', text.name, 'exec', 'alice', '--', 'ping', '-c1', '198.51.100.1'])).code,
      ).toBe(0);
    } finally {
      for (const { process } of rivals) process.signal('SIGTERM');
      await Promise.all(rivals.map(({ process }) => process.ended()));
      for (const { folder } of rivals) rmSync(folder, { recursive: true, force: true });
    }
    expect(leftovers(text.name)).toEqual([]);
  });

  it('are told apart by `up -n`, whatever the file says', async () => {
    const text = labText(ONE_LINK);
    const named = `${text.name}b`;
    await withLab(
      { name: named, text: text.text },
      async (lab) => {
        expect((await lab.shown<Status>('status')).name).toBe(named);
      },
      { flags: ['-n', named] },
    );
  });
});

/** Runs a command on a lab as a user who has no right to anything. */
const asNobody = (lab: RunningLab, ...words: readonly string[]): Promise<Outcome> =>
  run(AS_NOBODY[0], [...AS_NOBODY.slice(1), process.execPath, MAIN, '-n', lab.name, ...words]);

describeKernel('a lab that cannot answer yet, or not this user', ['setpriv'], () => {
  it('is waited for while it starts', async () => {
    const text = labText(ONE_LINK);
    const { folder, process } = launch(text);
    try {
      await until(() => existsSync(`/run/tunpike/${text.name}.state.json`), 10_000, 'the state file');
      const { code, stderr } = await tunpike(['-n', text.name, 'show', 'status']);
      expect([code, stderr]).toEqual([0, '']);
    } finally {
      await process.stop();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(leftovers(text.name)).toEqual([]);
  });

  it('is waited for a moment by the next one of its name while it stops', async () => {
    const text = labText(ONE_LINK);
    const stopping = new Background(['sleep', '600']);
    const path = `/run/tunpike/${text.name}.state.json`;
    const { pid } = stopping;
    try {
      mkdirSync('/run/tunpike', { recursive: true });
      writeFileSync(
        path,
        JSON.stringify(state({ ...text, pid, startTime: startTimeOf(pid)!, phase: 'stopping' })),
      );
      expect(JSON.parse((await tunpike(['ls', '-j'])).stdout)).toContainEqual(
        expect.objectContaining({ name: text.name, state: 'stopping', pid }),
      );
      const asked = await tunpike(['-n', text.name, 'show', 'status']);
      expect([asked.code, asked.stderr]).toEqual([5, expect.stringContaining('is stopping')]);
      const { folder, process } = launch(text);
      try {
        await until(() => existsSync(`/proc/${process.pid}/fd`), 5000, 'the program');
        setTimeout(() => stopping.signal('SIGTERM'), 700);
        await process.printed(/^ready/m);
        expect(stopping.code).toBe(143);
      } finally {
        await process.stop();
        rmSync(folder, { recursive: true, force: true });
      }
      expect(leftovers(text.name)).toEqual([]);
    } finally {
      await stopping.kill();
      rmSync(path, { force: true });
    }
  });

  it('is asked by another user on the socket that only reads', async () => {
    const readOnly = `/run/tunpike/kt-ro-${process.pid}.sock`;
    await withLab(`control: { read-only-socket: ${readOnly} }\n${ONE_LINK}`, async (lab) => {
      const { code, stdout } = await asNobody(lab, 'show', 'status', '-j');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ name: lab.name });
      const down = await asNobody(lab, 'down');
      expect([down.code, down.stderr]).toEqual([4, expect.stringContaining('only reads')]);
    });
    expect(existsSync(readOnly)).toBe(false);
  });

  it('is asked by the members of the group of its socket', () =>
    withLab(`control: { group: "65534", mode: "0660" }\n${ONE_LINK}`, async (lab) => {
      const member = ['--reuid', '12345', '--regid', '65534', '--clear-groups'];
      const stranger = ['--reuid', '12345', '--regid', '12345', '--clear-groups'];
      const show = async (who: string[]) =>
        (await run('setpriv', [...who, process.execPath, MAIN, '-n', lab.name, 'show', 'status'])).code;
      expect([await show(member), await show(stranger)]).toEqual([0, 4]);
    }));

  it('says whose it is to another user', () =>
    withLab(ONE_LINK, async (lab) => {
      for (const words of [['show', 'status'], ['down'], ['exec', 'alice', '--', 'true']]) {
        const { code, stderr } = await asNobody(lab, ...words);
        expect(stderr).toContain(`\`${lab.name}\` runs as root`);
        expect(stderr).toContain('fix: sudo tunpike');
        expect(code).toBe(4);
      }
    }));
});
