import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startTimeOf, statFields } from '../../src/host/process-identity.js';
import { describeKernel, until } from '../support/kernel.js';

/** Ends its first thread, while another goes on. */
const HALF_ENDED = `
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
ctypes.CDLL(None).pthread_exit(None)
`;

describeKernel('a process', ['python3'], () => {
  it('is there until its last thread has ended', async () => {
    const child = spawn('python3', ['-c', HALF_ENDED], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    const pid = child.pid!;
    try {
      await until(() => statFields(pid)[0] === 'Z', 10_000, 'the end of its first thread');
      expect(startTimeOf(pid)).toBe(Number(statFields(pid)[19]));
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    expect(startTimeOf(pid)).toBeUndefined();
  });
});
