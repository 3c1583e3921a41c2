import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeKernel, run, until } from '../support/kernel.js';
import { labText, launch, leftovers, MAIN, startLab, tunpike, withLab } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

/** Runs `up FILE` at a terminal, and hangs up when it is ready; prints how it ended. */
const HANGS_UP = `
import os, pty, sys
pid, master = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
said = b''
while b'ready' not in said: said += os.read(master, 65536)
os.close(master)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** Has the program meet an error that nobody catches, when it is told that its window has changed. */
const DEFECT = (error: string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGWINCH',()=>{${error}})`)}`,
});

describeKernel('a lab that is told something by a signal', ['python3'], () => {
  it.each(['SIGQUIT', 'SIGABRT', 'SIGTRAP', 'SIGSYS', 'SIGUSR2', 'SIGALRM', 'SIGXCPU'] as const)(
    'undoes everything on %s',
    async (signal) => {
      const lab = await startLab(ONE_LINK);
      try {
        lab.process.signal(signal);
        expect(await lab.process.ended()).toBe(0);
        expect(lab.process.stderr).toContain(`${lab.name} stopped, everything undone`);
        expect(leftovers(lab.name)).toEqual([]);
      } finally {
        await lab.abandon();
      }
    },
  );

  it('ends all the same where Node itself aborts', async () => {
    const lab = await startLab(ONE_LINK, { environment: DEFECT('process.abort()') });
    try {
      lab.process.signal('SIGWINCH');
      await lab.process.ended();
      expect(lab.process.stderr).not.toContain('everything undone');
      expect((await tunpike(['down', lab.name, '--force'])).code).toBe(0);
      expect(leftovers(lab.name)).toEqual([]);
    } finally {
      await lab.abandon();
    }
  });

  it('goes on, and says so, where a file that it writes may get no longer', async () => {
    const { name, text } = labText(ONE_LINK);
    const captured = mkdtempSync(join(tmpdir(), 'ktlimit-'));
    const capture = `capture: [{ name: all, file: ${captured}/all.pcapng }]\n`;
    const by = ['bash', '-c', 'ulimit -f 2; exec "$@"', 'bash'];
    const lab = await startLab({ name, text: text + capture }, { by });
    try {
      const flood = `for i in $(seq 50); do echo ${'x'.repeat(500)} > /dev/udp/198.51.100.1/9; done`;
      await run('bash', ['-c', flood], { namespace: `${name}-alice` });
      await until(() => lab.process.stderr.includes('EFBIG'), 5000, 'a word of the file');
      expect((await tunpike(['-n', name, 'show', 'status'])).code).toBe(0);
      await lab.finish();
    } finally {
      await lab.abandon();
      rmSync(captured, { recursive: true, force: true });
    }
  });

  it('opens no inspector on SIGUSR1, neither while it starts nor later', async () => {
    const text = labText(ONE_LINK);
    const { folder, process: program } = launch(text);
    try {
      await until(() => leftovers(text.name).length > 0, 5000, 'the program to begin');
      const end = performance.now() + 300;
      while (performance.now() < end) {
        program.signal('SIGUSR1');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await program.printed(/^ready.*\n/m);
      program.signal('SIGUSR1');
      expect((await tunpike(['-n', text.name, 'show', 'status'])).code).toBe(0);
      expect(program.stderr).not.toContain('ebugger');
    } finally {
      await program.stop();
      await tunpike(['down', text.name, '--force']);
      rmSync(folder, { recursive: true, force: true });
    }
    expect(leftovers(text.name)).toEqual([]);
  });

  it('shuts the inspector that SIGUSR1 opened while Node itself started', async () => {
    const text = labText(ONE_LINK);
    const { folder, process: program } = launch(text);
    try {
      // Until Node has begun, the signal ends the process; once it has, it opens the inspector.
      const caught = () =>
        /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${program.pid}/status`, 'latin1'))![1]!;
      while ((Number.parseInt(caught(), 16) & 0x200) === 0)
        await new Promise((resolve) => setImmediate(resolve));
      while (!program.stderr.includes('ebugger') && leftovers(text.name).length === 0) {
        program.signal('SIGUSR1');
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await program.printed(/^ready.*\n/m);
      // Port 9229, on which somebody listens.
      const isOpen = () => /:240D \S+ 0A /.test(readFileSync(`/proc/${program.pid}/net/tcp`, 'latin1'));
      await until(() => !isOpen(), 5000, 'the inspector to be shut');
    } finally {
      await program.stop();
      await tunpike(['down', text.name, '--force']);
      rmSync(folder, { recursive: true, force: true });
    }
    expect(leftovers(text.name)).toEqual([]);
  });

  it('goes on after SIGHUP without a terminal', () =>
    withLab(ONE_LINK, async (lab) => {
      lab.process.signal('SIGHUP');
      await until(() => lab.process.stderr.includes('reload'), 5000, 'what SIGHUP does');
      expect((await lab.tunpike('show', 'status')).code).toBe(0);
    }));

  it('is undone when its terminal hangs up', async () => {
    const { name, text } = labText(ONE_LINK);
    const folder = mkdtempSync(join(tmpdir(), 'tphangup-'));
    try {
      const file = join(folder, 'lab.yaml');
      writeFileSync(file, text);
      const argv = ['-c', HANGS_UP, process.execPath, MAIN, 'up', file];
      const { stdout, stderr } = spawnSync('python3', argv, { encoding: 'utf8', timeout: 20_000 });
      expect([stdout, stderr]).toEqual(['0\n', '']);
      expect(leftovers(name)).toEqual([]);
    } finally {
      await tunpike(['down', name, '--force']);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each([
    ['an exception', "throw new Error('a defect')"],
    ['a rejection', "Promise.reject(new Error('a defect'))"],
    ['nothing that is thrown', 'throw undefined'],
  ])('is undone after %s that nobody caught, says so once, and ends with 70', async (_, error) => {
    const lab = await startLab(ONE_LINK, { environment: DEFECT(error) });
    try {
      lab.process.signal('SIGWINCH');
      lab.process.signal('SIGWINCH');
      expect(await lab.process.ended()).toBe(70);
      expect(lab.process.stderr.match(/a defect|undefined was thrown/g)).toHaveLength(1);
      expect(lab.process.stderr).not.toMatch(/^ +at /m);
      expect(leftovers(lab.name)).toEqual([]);
    } finally {
      await lab.abandon();
    }
  });
});
