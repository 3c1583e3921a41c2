import { expect, it } from 'vitest';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import type { CaptureOutput } from '../../src/observe/capture/backlog.js';
import { capture } from '../../src/runtime/services/capture.js';
import { configured } from '../support/configured.js';

it('counts nothing of what a client that has gone does not get: of many there may be megabytes', () => {
  const outputs: CaptureOutput[] = [];
  const [loop, captures, caller] = [
    { lab: new VirtualLab(configured('links: {}')).lab },
    { freshName: () => 'capture-1', begin: (_: unknown, output: CaptureOutput) => outputs.push(output) },
    {
      stream: () => ({ write: (_: Uint8Array, done: (error: Error) => void) => done(new Error('gone')) }),
      onEnd: () => {},
    },
  ];
  type Given = Parameters<typeof capture>;
  expect(
    capture(loop as Given[0], captures as unknown as Given[1], {}, caller as unknown as Given[3], 'lab'),
  ).toEqual({
    name: 'capture-1',
    lab: 'lab',
  });
  const lost: unknown[] = [];
  const blocks = new Uint8Array(4096);
  // An Enhanced Packet Block of 32 octets. Source: draft-ietf-opsawg-pcapng §4.3.
  new Uint32Array(blocks.buffer).set([6, 32], 0);
  outputs[0]!.write(blocks.subarray(0, 32), (what) => lost.push(what));
  expect(lost).toEqual([{ frames: 0, octets: 0 }]);
});
