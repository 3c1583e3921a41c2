import { expect, it, onTestFinished } from 'vitest';
import { readBuffer } from '../../src/tun/arena.js';
import { loadDriver } from '../../src/tun/open-port.js';
import { describeKernel, ip, namespacePath, run, until, withNamespace } from '../support/kernel.js';

/** Datagrams of a burst each. */
const WAITING = 24;

describeKernel('a descriptor of a TUN device', [], () => {
  it.each(['native', 'koffi'] as const)(
    'is writable while the device is up, and tells when it comes up (%s)',
    (backend) =>
      withNamespace('tptun-fd', async (namespace) => {
        const driver = await loadDriver(backend);
        const { descriptor } = driver.open(namespacePath(namespace), 'tp0', false);
        onTestFinished(() => descriptor.close());
        let ups = 0;
        descriptor.listen(readBuffer(65_600, 65_536, 1), (_count, _errno, writable) => {
          if (!writable) return;
          ups++;
          descriptor.resume(false);
        });
        for (let round = 1; round <= 20; round++) {
          expect(descriptor.isWritable()).toBe(false);
          descriptor.resume(true);
          await ip('link set tp0 up', namespace);
          await until(() => ups === round, 1000, 'the wake-up');
          expect(descriptor.isWritable()).toBe(true);
          await ip('link set tp0 down', namespace);
        }
      }),
  );

  it.each(['native', 'koffi'] as const)('decides whether the device outlives it (%s)', (backend) =>
    withNamespace('tptun-fd', async (namespace) => {
      const driver = await loadDriver(backend);
      const first = driver.open(namespacePath(namespace), 'tp%d', true);
      expect(first.name).toBe('tp0');
      first.descriptor.close();
      expect(await ip('-o link', namespace)).toContain('tp0');
      const second = driver.open(namespacePath(namespace), 'tp0', false);
      second.descriptor.setPersistent(false);
      second.descriptor.close();
      expect(await ip('-o link', namespace)).not.toContain('tp0');
      expect(() => driver.adopt(0)).toThrow(expect.objectContaining({ syscall: 'TUNGETIFF' }));
    }),
  );

  it('lets others have a turn after a burst that took longer than a millisecond, whatever waits', () =>
    withNamespace('tptun-fd', async (namespace) => {
      const driver = await loadDriver('native');
      const { descriptor } = driver.open(namespacePath(namespace), 'tp0', false);
      onTestFinished(() => descriptor.close());
      await ip('addr add 198.51.100.10/24 dev tp0', namespace);
      await ip('link set tp0 up', namespace);
      const send = `for i in {1..${WAITING}}; do echo > /dev/udp/198.51.100.20/9; done`;
      await run('bash', ['-c', send], { namespace });
      // All of them wait, and each is a burst.
      let bursts = 0;
      let inARow = 0;
      const mostInARow = await new Promise<number>((resolve) => {
        let most = 0;
        const turn = (): void => {
          inARow = 0;
          if (bursts >= WAITING) resolve(most);
          else setImmediate(turn);
        };
        setImmediate(turn);
        descriptor.listen(readBuffer(65_600, 65_536, 1), (count) => {
          bursts += count;
          inARow += 1;
          most = Math.max(most, inARow);
          const begun = performance.now();
          while (performance.now() - begun < 1.5);
        });
      });
      expect(mostInARow).toBe(1);
    }));
});
