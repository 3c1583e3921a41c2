import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { statFields } from '../../src/host/process-identity.js';
import { Background } from '../support/background.js';
import { describeKernel, type Outcome, run, until } from '../support/kernel.js';
import { freshName, type LabText, labText, leftovers, MAIN, tunpike } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

interface Detached {
  readonly name: string;
  readonly file: string;
  readonly started: Outcome;
  tunpike(...words: readonly string[]): Promise<Outcome>;
}

const LOG = (name: string): string => `/run/tunpike/${name}.log`;

/** The logs of labs that a process waits for. */
const startsOf = (pid: number): readonly string[] =>
  existsSync('/run/tunpike')
    ? readdirSync('/run/tunpike').filter((each) => each.startsWith(`.starting.${pid}.`))
    : [];

/** Lends what `up -d` left running, or did not; nothing of it may be left, whatever happens. */
const withDetached = async (
  { name, text }: LabText,
  body: (lab: Detached) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'ktdetached-'));
  const file = join(folder, 'lab.yaml');
  try {
    writeFileSync(file, text);
    const started = await tunpike(['up', '-d', ...flags, file]);
    await body({ name, file, started, tunpike: (...words) => tunpike(['-n', name, ...words]) });
  } finally {
    await tunpike(['down', name, '--force']);
    rmSync(folder, { recursive: true, force: true });
  }
  expect(leftovers(name)).toEqual([]);
};

const pidOf = (name: string): number =>
  JSON.parse(readFileSync(`/run/tunpike/${name}.state.json`, 'utf8')).pid;

describeKernel(
  'a lab in the background',
  ['ping', 'script', 'unshare'],
  () => {
    it.each([[[]], [['--rootless']]])(
      'runs on when `up -d` has printed what `up` prints: %j',
      async (flags) => {
        await withDetached(
          labText(ONE_LINK),
          async (lab) => {
            const pid = pidOf(lab.name);
            expect(lab.started.code, lab.started.stderr).toBe(0);
            expect(lab.started.stdout).toMatch(/address 198\.51\.100\.10\/24 on tp-alice-red\n/);
            expect(lab.started.stdout).toMatch(
              new RegExp(`^ready: ${lab.name} \\(process ${pid}\\)\\n$`, 'm'),
            );
            expect(lab.started.stderr).toBe('');
            expect((await lab.tunpike('exec', 'alice', '--', 'ping', '-c1', '198.51.100.1')).code).toBe(0);
            // A session of its own, without a terminal.
            expect([statFields(pid)[3], statFields(pid)[4]]).toEqual([String(pid), '0']);
            expect((await lab.tunpike('down')).code).toBe(0);
            expect(leftovers(lab.name)).toEqual([]);
          },
          flags,
        );
      },
    );

    it('has a log, which is followed to its end and then gone', () =>
      withDetached(labText(ONE_LINK), async (lab) => {
        const whole = await lab.tunpike('logs');
        expect(whole.code).toBe(0);
        expect(JSON.parse(whole.stdout.split('\n')[0]!)).toMatchObject({ instance: lab.name, level: 'info' });
        const typed = `'${process.execPath}' '${MAIN}' logs ${lab.name}`;
        const seen = await run('script', ['-qec', typed, '/dev/null']);
        expect(seen.stdout).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] .*INFO.*r1\.red is up/m);

        const follower = new Background([process.execPath, MAIN, '-n', lab.name, 'logs', '-f']);
        try {
          await follower.printed(/r1\.red is up/);
          expect((await lab.tunpike('down')).code).toBe(0);
          expect(await follower.ended()).toBe(0);
          expect(follower.stdout).toContain('everything undone');
        } finally {
          await follower.stop();
        }
        expect(existsSync(LOG(lab.name))).toBe(false);
        expect((await lab.tunpike('logs')).code).toBe(5);
      }));

    it('does not mind a reader of its log that goes away', () =>
      withDetached(labText(ONE_LINK), async (lab) => {
        const piped = `'${process.execPath}' '${MAIN}' -n ${lab.name} logs -f | head -1; echo "code=\${PIPESTATUS[0]}"`;
        const reader = new Background(['bash', '-c', piped]);
        try {
          await reader.printed(/r1\.red is up/);
          // The next line finds nobody.
          expect(
            (await lab.tunpike('exec', 'alice', '--', 'ip', 'link', 'set', 'tp-alice-red', 'down')).code,
          ).toBe(0);
          await reader.printed(/^code=0$/m);
          expect(reader.stderr).toBe('');
        } finally {
          await reader.stop();
        }
      }));

    it('leaves its log where it was killed, until its next start', () =>
      withDetached(labText(ONE_LINK), async (lab) => {
        const pid = pidOf(lab.name);
        process.kill(pid, 'SIGKILL');
        await until(() => !existsSync(`/proc/${pid}`) || statFields(pid)[0] === 'Z', 10_000, 'its end');
        const first = await lab.tunpike('logs', '-f', '-j');
        expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('r1.red is up')]);
        expect((await tunpike(['up', '-d', lab.file])).code).toBe(0);
        const next = await lab.tunpike('logs');
        expect(next.stdout).toContain('r1.red is up');
        expect(next.stdout).not.toContain(first.stdout);
      }));

    it('gives the error and the exit code of a start that failed, and leaves nothing', async () => {
      const lab = labText(ONE_LINK.replace('198.51.100.1/24', '198.51.100.1/33'));
      await withDetached(lab, async ({ started }) => {
        expect(started.code).toBe(3);
        expect(started.stderr).toMatch(/error\[E-ADDRESS\]/);
        expect(started.stdout).toBe('');
      });
      await withDetached(labText(ONE_LINK), async (running) => {
        const again = await tunpike(['up', '-d', running.file]);
        expect([again.code, again.stderr]).toEqual([6, expect.stringContaining('is running')]);
        expect((await running.tunpike('logs')).stdout).toContain('r1.red is up');
      });
    });

    it('gives the error of a start whose log has no room for it', async () => {
      const { name, text } = labText(ONE_LINK);
      const folder = mkdtempSync(join(tmpdir(), 'ktdetached-'));
      try {
        const file = join(folder, 'lab.yaml');
        writeFileSync(file, text);
        const directory = '/run/tunpike';
        const fill = `mkdir -p ${directory}; mount -t tmpfs -o mode=755,size=4k none ${directory}; head -c 4096 /dev/zero > ${directory}/full`;
        const script = `${fill}; "$@"; code=$?; ls -A ${directory}; exit $code`;
        const argv = ['-m', 'sh', '-c', script, 'sh', process.execPath, MAIN, 'up', '-d', file];
        const { code, stdout, stderr } = await run('unshare', argv);
        expect(stderr).toContain(
          `error: ${directory}/${name}.state.json cannot be written: no space is left`,
        );
        expect(stderr).toMatch(/^fix: /m);
        expect([code, stdout]).toEqual([4, 'full\n']);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
      expect(leftovers(name)).toEqual([]);
    });

    it.each(['SIGINT', 'SIGXCPU'] as const)('is stopped by %s while it starts', async (signal) => {
      const { name, text } = labText(ONE_LINK);
      const folder = mkdtempSync(join(tmpdir(), 'ktdetached-'));
      try {
        writeFileSync(join(folder, 'lab.yaml'), text);
        const up = new Background([process.execPath, MAIN, 'up', '-d', join(folder, 'lab.yaml')]);
        await until(() => startsOf(up.pid).length > 0, 10_000, 'its start');
        up.signal(signal);
        await up.ended();
        expect(up.code).toBe(0);
        expect(leftovers(name)).toEqual([]);
        expect(startsOf(up.pid)).toEqual([]);
      } finally {
        await tunpike(['down', name, '--force']);
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it('is what `logs` is for: one in the foreground has no log', async () => {
      const name = freshName();
      const { text } = labText(ONE_LINK, name);
      const folder = mkdtempSync(join(tmpdir(), 'ktdetached-'));
      writeFileSync(join(folder, 'lab.yaml'), text);
      const up = new Background([process.execPath, MAIN, 'up', join(folder, 'lab.yaml')]);
      try {
        await up.printed(/^ready/m);
        const { code, stderr } = await tunpike(['-n', name, 'logs']);
        expect([code, stderr]).toEqual([7, expect.stringContaining('runs in the foreground')]);
      } finally {
        await up.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
  { concurrent: true },
);
