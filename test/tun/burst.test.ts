import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeKernel, ip, namespacePath, run, until, withNamespace } from '../support/kernel.js';
import { udpDatagram } from './datagrams.js';

const WRITER = join(import.meta.dirname, 'burst-writer.ts');
const HOOKS = join(import.meta.dirname, '../host/typescript-hooks.mjs');

/** More than one submission of the ring, and refused now and then: in the middle, at both ends, and on the border. */
const COUNT = 600;
const REFUSED = [0, 7, 8, 255, 256, 257, 599];

const RECEIVER = `
import json, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)
s.bind(("0.0.0.0", 12345)); s.settimeout(5)
print(json.dumps([int.from_bytes(s.recv(100)[:2], "big") for i in range(${COUNT - REFUSED.length})]))`;

/** Whether the kernel lets processes have a ring; it may, and the machine may still forbid it. */
const mayHaveRing = (): boolean => {
  const file = '/proc/sys/kernel/io_uring_disabled';
  return existsSync(file) && readFileSync(file, 'utf8').trim() === '0';
};

const numbered = (number: number): Uint8Array => {
  const datagram = udpDatagram({ length: 64 });
  datagram.set([number >> 8, number & 255], 28);
  if (REFUSED.includes(number)) datagram[0] = 0x15;
  return datagram;
};

describeKernel('a burst', ['python3'], () => {
  it.each([
    ['in a ring', '', mayHaveRing() ? true : expect.any(Boolean)],
    ['one by one where the ring is off', 'off', false],
  ] as const)('is written %s, in order, and says which datagrams the kernel refused', (_, ring, isExpected) =>
    withNamespace('tpburst', async (namespace) => {
      const writer = spawn(process.execPath, ['--import', HOOKS, WRITER, namespacePath(namespace), 'tp0'], {
        env: { ...process.env, TUNPIKE_IO_URING: ring },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      try {
        let said = '';
        writer.stdout.setEncoding('utf8').on('data', (text) => {
          said += text;
        });
        await until(() => said === 'open\n', 10_000, 'the device');
        await ip('addr add 198.51.100.10/24 dev tp0', namespace);
        await ip('link set tp0 up', namespace);
        const receiving = run('python3', ['-c', RECEIVER], { namespace });
        const isListening = async (): Promise<boolean> =>
          (await run('cat', ['/proc/net/udp'], { namespace })).stdout.includes(':3039 ');
        await until(isListening, 5000, 'the receiver');
        const datagrams = Array.from({ length: COUNT }, (_none, i) =>
          Buffer.from(numbered(i)).toString('hex'),
        );
        writer.stdin.write(`${datagrams.join(' ')}\n`);
        await once(writer, 'exit');
        expect(JSON.parse(said.split('\n')[1]!)).toEqual({
          refused: REFUSED.map((i) => [i, 'device-refused']),
          hasRing: isExpected,
        });
        const wanted = Array.from({ length: COUNT }, (_none, i) => i).filter((i) => !REFUSED.includes(i));
        expect(JSON.parse((await receiving).stdout)).toEqual(wanted);
      } finally {
        writer.kill('SIGKILL');
      }
    }),
  );
});
