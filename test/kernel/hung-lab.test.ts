import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel, until } from '../support/kernel.js';
import { MAIN, sharedLab } from '../support/lab.js';
import { twoLinks } from '../support/topologies.js';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGALRM'] as const;
/** As after its own end where somebody asks for that; as after a signal where it ends processes. */
const codeAfter = (signal: NodeJS.Signals): number =>
  signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 128 + constants.signals[signal];

describeKernel('a lab that hangs', [], () => {
  const lab = sharedLab(twoLinks());
  let file: string;
  let before: Buffer;

  beforeAll(async () => {
    file = join(lab().folder, 'before.pcapng');
    expect((await lab().tunpike('capture', '-w', file, '--duration', '100ms')).code).toBe(0);
    before = readFileSync(file);
    lab().process.signal('SIGSTOP');
  });
  afterAll(() => lab().process.signal('SIGCONT'));

  const begin = (...words: readonly string[]): Background =>
    new Background([process.execPath, MAIN, '-n', lab().name, ...words]);
  /** Whether a process is ready for signals, the last of which is SIGHUP. Source: proc_pid_status(5), SigCgt. */
  const isReady = ({ pid }: Background): boolean => {
    const [, mask = '0'] = /^SigCgt:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return (BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGHUP - 1)) % 2n === 1n;
  };
  const expectFileAsBefore = (): void => {
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(lab().folder).filter((each) => each.startsWith('.tunpike-'))).toEqual([]);
  };

  it.each([
    ['capture', '-w', 'FILE', '--duration', '1s'],
    ['monitor'],
    ['trace', '--duration', '1s'],
    ['top'],
    ['show', 'status', '--watch'],
    ['show', 'status'],
    ['show', 'drops'],
    ['show', 'routes'],
    ['reload'],
  ])('is given up as one that does not answer by %s', async (...words) => {
    const { code, stdout, stderr } = await lab().tunpike(
      ...words.map((word) => (word === 'FILE' ? file : word)),
    );
    expect([code, stdout]).toEqual([8, '']);
    expect(stderr).toContain(`error: ${lab().name} did not answer within 5 s`);
    expectFileAsBefore();
  });

  it.each(ENDING)('holds no capture that is ended by %s', async (signal) => {
    const capture = begin('capture', '-w', file);
    try {
      await until(() => isReady(capture), 10_000, 'the handlers');
      capture.signal(signal);
      expect(await capture.ended()).toBe(codeAfter(signal));
      expect(capture.stderr).toMatch(/^(nothing was captured: .* had not answered yet\n)?$/);
      expectFileAsBefore();
    } finally {
      await capture.stop();
    }
  });
});

describeKernel('a command that follows a lab', [], () => {
  const lab = sharedLab(twoLinks());

  it.each(ENDING)('tells its sum and ends after %s', async (signal) => {
    const capture = new Background([
      ...[process.execPath, MAIN, '-n', lab().name, 'capture', '-w'],
      join(lab().folder, `${signal}.pcapng`),
    ]);
    try {
      await until(() => capture.stderr.includes('capturing'), 10_000, 'the capture to begin');
      capture.signal('SIGUSR1');
      capture.signal(signal);
      expect(await capture.ended()).toBe(codeAfter(signal));
      expect(capture.stderr).toContain('frames captured');
    } finally {
      await capture.stop();
    }
  });
});
