import { ip } from '../../support/datagram.js';

/** An entry of `bridge -j -d -s mdb show`: times are texts, in seconds, and `0.00` where none runs. */
export interface MdbEntry {
  readonly port: string;
  readonly grp: string;
  /** Only of entries about one source, which stand beside that of their group. */
  readonly src?: string;
  readonly state: 'temp' | 'permanent';
  readonly filter_mode?: 'include' | 'exclude';
  readonly source_list?: readonly { readonly address: string; readonly timer: string }[];
  readonly timer?: string;
}

/**
 * The groups of a port in the words of `groups.ts`, as they were `elapsed` seconds before they were read.
 *
 * A timer that has run out counts as if the kernel had acted on that already: its long timers fire up to an eighth late.
 * So does one that will within `ending` seconds. Times are rounded to tenths.
 */
export const describeMdb = (
  entries: readonly MdbEntry[],
  port: string,
  elapsed = 0,
  ending = 0,
): string[] => {
  const own = entries.filter((each) => each.port === port);
  const groups = [...new Set(own.map(({ grp }) => grp))].sort(byAddress);
  return groups.flatMap((group) => {
    const whole = own.find(({ grp, src }) => grp === group && src === undefined);
    const words =
      whole === undefined
        ? [
            'include',
            ...own
              .filter(({ grp }) => grp === group)
              .map(({ src }) => src!)
              .sort(byAddress),
          ]
        : describeEntry(whole, elapsed, ending);
    return words === undefined ? [] : [[group, ...words].join(' ')];
  });
};

/** Undefined where nothing of it is left. */
const describeEntry = (entry: MdbEntry, elapsed: number, ending: number): string[] | undefined => {
  const { source_list: list = [], timer } = entry;
  const runs = (text: string | undefined): boolean => Number(text ?? 0) > ending;
  const seconds = (text: string | undefined): string =>
    `=${Number((Number(text ?? 0) + elapsed).toFixed(1))}`;
  const sources = [...list].sort((a, b) => byAddress(a.address, b.address));
  const running = sources
    .filter((each) => runs(each.timer))
    .map((each) => `${each.address}${seconds(each.timer)}`);
  if (entry.state === 'permanent')
    return [entry.filter_mode ?? 'exclude', ...sources.map((each) => each.address)];
  if (entry.filter_mode !== 'include' && runs(timer))
    return [
      `exclude${seconds(timer)}`,
      ...sources.map((each) =>
        runs(each.timer) ? `${each.address}${seconds(each.timer)}` : `!${each.address}`,
      ),
    ];
  return running.length > 0 || isEmptyInclude(entry) ? ['include', ...running] : undefined;
};

/** A group of no source, which has no business to be there, and no timer that would end it. */
const isEmptyInclude = ({ filter_mode, source_list = [] }: MdbEntry): boolean =>
  filter_mode === 'include' && source_list.length === 0;

const byAddress = (a: string, b: string): number => ip(a) - ip(b);

/**
 * A group without what a bridge does not tell: the version of its oldest host, which it does not remember, and where the
 * group is from.
 */
export const knownToBridge = (group: string): string =>
  group
    .split(' ')
    .filter((word) => !UNKNOWN.has(word))
    .join(' ');

const UNKNOWN = new Set(['v1', 'v2', 'static', 'join', 'report']);
