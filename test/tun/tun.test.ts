import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { Tun } from '../../src/tun/tun.js';
import { describeKernel, makeNamespace, namespacePath, run } from '../support/kernel.js';
import { udpDatagram } from './datagrams.js';

async function opened(): Promise<{ tun: Tun; namespace: string }> {
  const { namespace, remove } = await makeNamespace('tptun-stream');
  const tun = new Tun({ name: 'tp%d', namespace: namespacePath(namespace) });
  onTestFinished(async () => {
    tun.release();
    await remove();
  });
  return { tun, namespace };
}

const exists = (name: string, namespace: string): Promise<boolean> =>
  run('ip', ['link', 'show', 'dev', name], { namespace }).then(({ code }) => code === 0);

describeKernel('a TUN device as a stream', ['ping', 'sysctl'], () => {
  it('has the members of tuntap2', async () => {
    const { tun } = await opened();
    expect(tun).toBeInstanceOf(Duplex);
    expect(tun.name).toMatch(/^tp\d+$/);
    expect([tun.isTun, tun.isTap, tun.isUp, tun.ipv4, tun.mac]).toEqual([
      true,
      false,
      false,
      undefined,
      '00:00:00:00:00:00',
    ]);
    tun.mtu = 1400;
    tun.ipv4 = '192.0.2.1/24';
    tun.isUp = true;
    expect([tun.mtu, tun.ipv4, tun.isUp]).toEqual([1400, '192.0.2.1/24', true]);
    tun.ipv4 = '192.0.2.9/30';
    expect(tun.ipv4).toBe('192.0.2.9/30');
    tun.isUp = false;
    expect(tun.isUp).toBe(false);
  });

  it('answers a ping', async () => {
    const { tun, namespace } = await opened();
    tun.ipv4 = '192.0.2.1/24';
    tun.isUp = true;
    tun.on('data', (datagram: Buffer) => {
      if (datagram[9] !== 1 || datagram[20] !== 8) return;
      const answer = Buffer.from(datagram);
      datagram.copy(answer, 12, 16, 20);
      datagram.copy(answer, 16, 12, 16);
      answer[20] = 0;
      const sum = answer.readUInt16BE(22) + 0x0800;
      answer.writeUInt16BE((sum & 0xffff) + (sum >> 16), 22);
      tun.write(answer);
    });
    const { stdout } = await run('ping', ['-c', '3', '-i', '0.05', '-W', '1', '192.0.2.7'], { namespace });
    expect(stdout).toContain('3 received');
  });

  it('gives one datagram a chunk, also to a slow reader', async () => {
    const { tun, namespace } = await opened();
    tun.ipv4 = '192.0.2.1/24';
    tun.isUp = true;
    const pinging = spawn(
      'ip',
      ['netns', 'exec', namespace, 'ping', '-q', '-c', '200', '-f', '-s', '72', '192.0.2.7'],
      { stdio: 'ignore' },
    );
    onTestFinished(() => void pinging.kill());
    let count = 0;
    for await (const datagram of tun) {
      if (datagram[0] >> 4 !== 4) continue;
      expect(datagram.length).toBe(100);
      await new Promise((resolve) => setImmediate(resolve));
      if (++count === 50) break;
    }
    expect(tun.destroyed).toBe(true);
  });

  it('says what a refused datagram suffered from, and goes on', async () => {
    const { tun } = await opened();
    const write = (datagram: Uint8Array): Promise<unknown> =>
      new Promise((resolve) => tun.write(datagram, resolve));
    expect(await write(udpDatagram())).toMatchObject({ code: 'EIO', errno: -5, syscall: 'write' });
    tun.isUp = true;
    expect(await write(new Uint8Array(40))).toMatchObject({ code: 'EINVAL', errno: -22 });
    expect(await write(udpDatagram())).toBeNull();
    expect(tun.destroyed).toBe(false);
  });

  it('refuses nonsense with an error that has a code', async () => {
    const { tun, namespace } = await opened();
    for (const address of [
      '192.0.2.1',
      '192.0.2.1/33',
      '192.0.2.300/24',
      'x/8',
      '192.0.2.1/24/1',
      '::1/64',
    ]) {
      expect(() => {
        tun.ipv4 = address;
      }, address).toThrow(expect.objectContaining({ code: 'EINVAL', errno: -22 }));
    }
    expect(() => {
      tun.mtu = 12;
    }).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => new Tun({ name: tun.name, namespace: namespacePath(namespace) })).toThrow(
      expect.objectContaining({ code: 'EBUSY', errno: -16 }),
    );
    expect(() => new Tun({ name: 'lo', namespace: namespacePath(namespace) })).toThrow(/loopback/);
    expect(() => new Tun({ name: 'a/b' })).toThrow(/contains/);
  });

  it('removes the interface by release, and says when', async () => {
    const { tun, namespace } = await opened();
    tun.resume();
    expect(await exists(tun.name, namespace)).toBe(true);
    await new Promise<void>((resolve) => tun.release(resolve));
    expect(await exists(tun.name, namespace)).toBe(false);
    await new Promise<void>((resolve) => tun.release(resolve));
  });

  it('ends with an error when somebody deletes the interface', async () => {
    const { tun, namespace } = await opened();
    tun.resume();
    const ended = once(tun, 'error');
    await run('ip', ['link', 'del', 'dev', tun.name], { namespace });
    expect((await ended)[0]).toMatchObject({ code: 'EBADFD', errno: -77 });
  });
});
