import { type ChildProcess, spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { endProgramsIn } from '../../src/host/left-programs.js';
import { type NameProof, namespaceIdentity, processesIn } from '../../src/host/namespaces.js';
import { describeKernel, until, withNamespace } from '../support/kernel.js';

const proofOf = (name: string): NameProof => ({ name, identity: namespaceIdentity(name)! });

/** Runs a line of shell in a namespace, and waits until as many processes as that makes are there. */
const withShell = async (
  namespace: string,
  line: string,
  count: number,
  body: (shell: ChildProcess) => Promise<void>,
): Promise<void> => {
  const shell = spawn('ip', ['netns', 'exec', namespace, 'sh', '-c', line], { stdio: 'ignore' });
  try {
    await until(() => processesIn([namespace]).get(namespace)?.length === count, 5_000, 'the programs');
    await body(shell);
  } finally {
    for (const pid of processesIn([namespace]).get(namespace) ?? []) process.kill(pid, 'SIGKILL');
  }
};

describeKernel('programs that are left in namespaces of ours', [], () => {
  it('are ended, also those that do not want to, among a thousand namespaces', () =>
    withNamespace('tpleft', async (namespace) => {
      const others = Array.from({ length: 1000 }, (_, i) => ({ name: `none-${i}`, identity: `${i}@1` }));
      await withShell(namespace, "trap '' TERM; setsid sleep 611 & sleep 612", 3, async () => {
        const began = performance.now();
        await endProgramsIn([...others, proofOf(namespace)]);
        expect(processesIn([namespace]).size).toBe(0);
        // A second to end by themselves is theirs.
        expect(performance.now() - began).toBeLessThan(5_000);
      });
    }));

  it('are ended, too, where they were started by one that was asked to end', () =>
    withNamespace('tpleft', async (namespace) => {
      const line = 'trap \'setsid sh -c "trap : TERM; sleep 613; sleep 614" & exit\' TERM; sleep 615 & wait';
      await withShell(namespace, line, 2, async () => {
        await endProgramsIn([proofOf(namespace)]);
        expect(processesIn([namespace]).size).toBe(0);
      });
    }));

  it('are left alone where nothing proves the namespace, or something proves it another', () =>
    withNamespace('tpleft', (namespace) =>
      withShell(namespace, 'exec sleep 616', 1, async (shell) => {
        const [inode] = namespaceIdentity(namespace)!.split('@');
        for (const identity of [null, `${inode}@1`]) await endProgramsIn([{ name: namespace, identity }]);
        await endProgramsIn([]);
        expect(processesIn([namespace]).get(namespace)).toEqual([shell.pid]);
      }),
    ));
});
