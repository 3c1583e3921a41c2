import { write } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { CaptureStream } from '../control/capture-stream.js';
import type { CaptureOutput } from '../observe/capture/backlog.js';
import {
  addDropped,
  type Counted,
  countedIn,
  statisticsAt,
  statisticsIn,
} from '../observe/capture/pcapng.js';
import { WholeBlocks } from './whole-blocks.js';

/** What a capture has come to. */
export interface Counts {
  readonly packets: number;
  readonly octets: number;
  readonly lostPackets: number;
}

/** Copies until the stream ends, or nobody reads what is written. */
export const copy = async (
  stream: CaptureStream,
  output: CaptureOutput & { isGone?: boolean },
): Promise<Counts> => {
  const whole = new WholeBlocks();
  let [packets, octets, lostPackets] = [0, 0, 0];
  for await (const piece of stream.pieces) {
    const blocks = whole.add(piece);
    if (blocks.length === 0) continue;
    // The statistics come last, and are to count what was lost here, too.
    const at = statisticsAt(blocks);
    for (const run of [blocks.subarray(0, at), blocks.subarray(at)]) {
      if (run.length === 0) continue;
      const missing = statisticsIn(run).dropped;
      addDropped(run, lostPackets);
      const lost = await new Promise<Counted>((resolve) => output.write(run, resolve));
      if (output.isGone === true) return { packets, octets, lostPackets };
      const all = countedIn(run);
      packets += all.frames - lost.frames;
      octets += all.octets - lost.octets;
      lostPackets += lost.frames + missing;
    }
  }
  return { packets, octets, lostPackets };
};

const writeTo = promisify(write);
/** How soon to try again where a reader is slow and we may not wait for it, in milliseconds. */
const RETRY = 5;

/** A pipe or a file that is open, written beside the event loop, so that signals are heard while its reader is slow. */
export class DescriptorOutput implements CaptureOutput {
  /** Whether nobody reads it any more. */
  isGone = false;
  /** Why it takes no more, where that is not for want of a reader. */
  failure: string | undefined;
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(blocks: Uint8Array, done: (lost: { frames: number; octets: number }) => void): void {
    void this.#writeAll(blocks).then(() => done({ frames: 0, octets: 0 }));
  }

  async close(): Promise<void> {}

  async #writeAll(blocks: Uint8Array): Promise<void> {
    for (let at = 0; at < blocks.length && !this.isGone; )
      try {
        at += (await writeTo(this.#descriptor, blocks, at)).bytesWritten;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'EAGAIN') await delay(RETRY);
        else {
          this.isGone = true;
          if (code !== 'EPIPE') this.failure = message;
        }
      }
  }
}
