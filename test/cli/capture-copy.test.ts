import { expect, it } from 'vitest';
import { copy } from '../../src/cli/capture-copy.js';
import {
  countedIn,
  interfaceDescription,
  interfaceStatistics,
  sectionHeader,
  statisticsIn,
} from '../../src/observe/capture/pcapng.js';

const HEADER = Buffer.concat([
  sectionHeader('tunpike test'),
  interfaceDescription('r1.red', 'router r1', 96),
]);
const FRAME = new Uint8Array(Uint32Array.of(6, 64, 0, 0, 0, 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 64).buffer);
const frames = (count: number): Uint8Array => Buffer.concat(Array.from({ length: count }, () => FRAME));

/** Copies what comes to an output that has room for only so many frames. */
const copied = async (pieces: readonly Uint8Array[], room: number) => {
  const kept: Uint8Array[] = [];
  const counts = await copy(
    {
      result: { name: 'capture-1', lab: 'lab' },
      pieces: (async function* () {
        yield* pieces;
      })(),
      end: () => {},
      destroy: () => {},
    },
    {
      write: (blocks, done) => {
        const { frames: count, octets } = countedIn(blocks);
        const isLost = count > room;
        if (!isLost) {
          room -= count;
          kept.push(blocks);
        }
        done(isLost ? { frames: count, octets } : { frames: 0, octets: 0 });
      },
      close: async () => {},
    },
  );
  return { counts, octets: Buffer.concat(kept) };
};

it.each([0, 2, 3, 7])(
  'the statistics of a file count what its writer lost, too (room for %i frames)',
  async (room) => {
    const statistics = interfaceStatistics(0, 0, { received: 8, dropped: 2 });
    // The last frames and the statistics come at once.
    const pieces = [HEADER, frames(2), frames(1), Buffer.concat([frames(3), statistics])];
    const { counts, octets } = await copied(pieces, room);
    const { frames: inFile } = countedIn(octets);
    expect(counts).toEqual({ packets: inFile, octets: inFile * 20, lostPackets: 8 - inFile });
    expect(statisticsIn(octets).dropped).toBe(8 - inFile);
  },
);
