import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel } from '../support/kernel.js';
import { MAIN, sharedLab } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

describeKernel('a program that `tunpike exec` runs on a host', ['ping'], () => {
  const lab = sharedLab(ONE_LINK);

  it('is in the host’s network namespace', async () => {
    const { code, stdout } = await lab().tunpike(
      'exec',
      'alice',
      '--',
      'ping',
      '-n',
      '-c',
      '1',
      '198.51.100.1',
    );
    expect(stdout).toContain('64 bytes from 198.51.100.1');
    expect(code).toBe(0);
  });

  it('gives its exit code', async () => {
    expect((await lab().tunpike('exec', 'alice', '--', 'sh', '-c', 'exit 7')).code).toBe(7);
    expect((await lab().tunpike('exec', 'alice', '--', '/nonexistent')).code).toBe(127);
    expect((await lab().tunpike('exec', 'alice', '--', '/etc/passwd')).code).toBe(126);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGABRT', 'SIGXCPU'] as const)(
    'gets %s',
    async (signal) => {
      const name = signal.slice(3);
      const script = `trap 'echo got ${name}; exit 42' ${name}; echo waiting; while :; do sleep 0.05; done`;
      const command = [process.execPath, MAIN, '-n', lab().name, 'exec', 'alice', '--', 'sh', '-c', script];
      const program = new Background(command);
      try {
        await program.printed(/waiting/);
        program.signal(signal);
        expect(await program.ended()).toBe(42);
        expect(program.stdout).toContain(`got ${name}`);
      } finally {
        await program.kill();
      }
    },
  );

  it('must be on a host that there is', async () => {
    const { code, stderr } = await lab().tunpike('exec', 'bob', '--', 'true');
    expect(code).toBe(2);
    expect(stderr).toContain('its hosts: alice');
  });
});
