import { execFileSync } from 'node:child_process';
import { ADDRESS_OF_BOB, withContenders } from './contenders.mjs';

/** Milliseconds from starting the program on a two-host lab to the first answered ping of the far host. */
export const benchStart = async (folder, rounds = 5) => {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    await withContenders(['tunpike, offload'], folder, undefined, async ([{ alice }]) => {
      execFileSync('ip', ['netns', 'exec', alice, 'ping', '-c', '1', '-W', '5', ADDRESS_OF_BOB]);
      times.push(performance.now() - begun);
    });
  }
  return times;
};
