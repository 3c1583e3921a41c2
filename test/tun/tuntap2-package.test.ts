import { expect, it, onTestFinished } from 'vitest';
import { parcelOf } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import { Arena } from '../../src/tun/arena.js';
import { openPort } from '../../src/tun/open-port.js';
import { describeKernel, ip, namespacePath, run, until, withNamespace } from '../support/kernel.js';
import { udpDatagram } from './datagrams.js';
import { Recorder } from './recorder.js';

const id: string = 'tuntap2';
const isInstalled = await import(id).then(
  () => true,
  () => false,
);

describeKernel('the package tuntap2, where somebody installed it', ['ping', 'nsenter'], () => {
  const carriesDatagrams = () =>
    withNamespace('tptun-real', async (namespace) => {
      const options = { device: 'tp0', namespace: namespacePath(namespace), persistent: false };
      const port = await openPort(options, new Arena(), ['tuntap2']);
      onTestFinished(() => port.close());
      const listener = new Recorder();
      port.start(listener, listener);
      await ip('addr add 198.51.100.10/24 dev tp0', namespace);
      await ip('link set tp0 up', namespace);
      await until(() => listener.states.includes('up'), 3000, 'up');
      await run('ping', ['-c', '2', '-i', '0.1', '-W', '1', '198.51.100.1'], { namespace });
      expect(listener.datagrams.length).toBe(2);
      port.take(parcelOf(new Uint8Array(40)), START);
      port.take(
        parcelOf(udpDatagram(), 0, () => expect.fail('refused')),
        START,
      );
      port.flush(START);
      port.close();
      expect(await ip('-o link', namespace)).not.toContain('tp0');
    });

  const isMissed = async () => {
    const options = { device: 'tp0', namespace: undefined, persistent: false };
    await expect(openPort(options, new Arena(), ['tuntap2'])).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('tuntap2'),
    });
  };

  if (isInstalled) it('carries datagrams both ways and leaves nothing behind', carriesDatagrams);
  else it('is asked for by name where it is missing', isMissed);
});
