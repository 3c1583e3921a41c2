import { seconds } from '../../../src/time.js';
import type { Case } from '../case.js';
import { at } from '../expectation.js';
import { asks } from './expects.js';
import { kase } from './kase.js';
import type { IgmpWords } from './settings-words.js';

/** Only port 0 speaks, from the first moment on. */
export const ALONE = { igmpOn: { 1: 'none', 2: 'none' }, fromStart: true } as const;

/** That general queries of port 0 come out at these seconds. */
export const queriesAt = (title: string, igmp: IgmpWords, moments: readonly number[], fields = {}): Case =>
  kase(title, {
    ...ALONE,
    igmp,
    intervalsFollow: true,
    wait: seconds(moments.at(-1)! + 1),
    expect: moments.map((moment) => at(moment, asks(fields))),
  });
