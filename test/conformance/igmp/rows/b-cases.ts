import { seconds } from '../../../../src/time.js';
import { type IgmpCase, kase } from '../case.js';
import { asks, at, forwarded } from '../expectation.js';
import { data, isEx, report } from '../messages.js';
import { G } from '../topology.js';
import type { IgmpWords } from '../words.js';

/** Only port 0 speaks, from the first moment on. */
export const ALONE = { igmpOn: { 1: 'none', 2: 'none' }, fromStart: true } as const;

/** That general queries of port 0 come out at these seconds. */
export const queriesAt = (
  title: string,
  igmp: IgmpWords,
  moments: readonly number[],
  fields = {},
): IgmpCase =>
  kase(title, {
    ...ALONE,
    igmp,
    intervalsFollow: true,
    wait: seconds(moments.at(-1)! + 1),
    expect: moments.map((moment) => at(moment, asks(fields))),
  });

/** All intervals a sixth or less of the usual ones. */
export const SCALED: IgmpWords = {
  'query-interval': '20s',
  'query-response-interval': '2s',
  'last-member-query-interval': '500ms',
};
export const SCALED_FIELDS = { qqic: 20, code: 20 };

/** That a group of port 0 goes at a certain second after its only report, and no earlier. */
export const lasts = (title: string, igmp: IgmpWords, interval: number): IgmpCase =>
  kase(title, {
    igmp,
    intervalsFollow: true,
    steps: [
      { send: report(isEx(G)), groups: { 0: [`${G} exclude=${interval}`] }, events: [`join ${G}`] },
      { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
      { wait: seconds(interval - 0.001), groups: { 0: [`${G} exclude=0.001`] }, events: [] },
      { wait: seconds(0.001), groups: { 0: [] }, events: [`expire ${G}`] },
      { send: data(), on: 3, drop: 'multicast-no-member' },
    ],
  });

export const SILENT_GROUP = lasts('270 s with the defaults', {}, 270);
