import { expect, it, onTestFinished } from 'vitest';
import { readBuffer } from '../../src/tun/arena.js';
import { loadDriver } from '../../src/tun/open-port.js';
import { describeKernel, ip, namespacePath, until, withNamespace } from '../support/kernel.js';

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
});
