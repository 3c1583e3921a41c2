import { choice, decimal, lasting, leaf, noted, whole } from './key.js';
import { PRESET_NAMES, PRESETS } from './presets.js';
import type { SettingsOf } from './section.js';

const share = (description: string) => ({
  ...leaf('share', description),
  bounds: { most: '100%', isZeroBare: true as const },
});

const DELAY = { most: '1h', isZeroBare: true as const };

/** What a link does to datagrams on their way; zero means none. Each direction draws, queues and sends on its own. */
export const IMPAIRMENT_KEYS = {
  preset: choice(
    'a kind of link: sets the keys below to what is usual there; keys that are set override it',
    PRESET_NAMES,
  ),
  delay: noted('what follows: 0 means none', lasting('how long each datagram is on its way', DELAY)),
  /** More jitter than delay is allowed: no delay is below zero. */
  jitter: lasting('each delay is drawn evenly from delay ± jitter; the order is kept', DELAY),
  loss: share('the share of datagrams that is lost'),
  burst: noted(
    'mean length of a burst of losses, in datagrams',
    decimal(
      'the mean length of a burst of losses, in datagrams (Gilbert); up to 1: each loss on its own',
      0,
      1_000_000,
    ),
  ),
  duplicate: share('the share that arrives twice'),
  reorder: noted(
    'leaves without the delay; where there is none, changes places with the next',
    share('the share that leaves without the delay, or, where there is none, changes places with the next'),
  ),
  corrupt: noted('arrives with one bit flipped', share('the share that arrives with one bit flipped')),
  rate: {
    ...leaf('rate', 'how many bits of IPv4 datagrams pass a second'),
    bounds: { most: '1000gbit', isZeroBare: true as const },
  },
  queue: noted(
    'at most so many datagrams wait or are on their way in a direction; 0: 64 MiB',
    whole(
      'at most so many datagrams are held in a direction, waiting for the rate or only delayed; 0: 64 MiB of them',
      0,
      10_000_000,
    ),
  ),
  seed: noted(
    'the same seed and datagrams: the same losses',
    whole('what all draws follow from, together with the names of the link and the sender', 0, 0xffffffff),
  ),
};

/** What is set of the impairments of a link, or of what one sender sends on it. */
export type ImpairmentSettings = SettingsOf<typeof IMPAIRMENT_KEYS>;

/** The impairments of a link: of all directions, and what differs for single senders, by their names. */
export interface LinkImpairments extends ImpairmentSettings {
  readonly from: ReadonlyMap<string, ImpairmentSettings>;
}

/** Nothing is set. */
export const UNIMPAIRED: ImpairmentSettings = {
  preset: undefined,
  delay: undefined,
  jitter: undefined,
  loss: undefined,
  burst: undefined,
  duplicate: undefined,
  reorder: undefined,
  corrupt: undefined,
  rate: undefined,
  queue: undefined,
  seed: undefined,
};

/** Settings with what their preset says where they say nothing. */
export const withPreset = (settings: ImpairmentSettings): ImpairmentSettings =>
  settings.preset === undefined
    ? settings
    : { ...UNIMPAIRED, ...PRESETS[settings.preset].settings, ...definedOf(settings) };

/** Settings that name their preset only while each of its keys is set, so that who reads them again gets no more than there is. */
export const withWholePreset = <Settings extends Partial<ImpairmentSettings>>(
  settings: Settings,
): Settings => {
  const { preset } = settings;
  if (preset === undefined) return settings;
  const set = Object.keys(definedOf(settings));
  const isWhole = Object.keys(PRESETS[preset].settings).every((key) => set.includes(key));
  return isWhole ? settings : { ...settings, preset: undefined };
};

/** Settings overridden by what others define. */
export const overridden = (
  settings: ImpairmentSettings,
  by: Partial<ImpairmentSettings>,
): ImpairmentSettings => ({
  ...settings,
  ...definedOf(by),
});

/** What is in force for what a sender sends. */
export const impairmentsFrom = ({ from, ...all }: LinkImpairments, sender: string): ImpairmentSettings => {
  const own = from.get(sender);
  return own === undefined ? all : overridden(all, own);
};

/** Whether anything is done to datagrams. A seed alone counts them: what follows draws as if all had been set before. */
export const isImpaired = (settings: ImpairmentSettings): boolean => {
  const { delay, jitter, loss, duplicate, reorder, corrupt, rate, seed } = settings;
  return seed !== undefined || [delay, jitter, loss, duplicate, reorder, corrupt, rate].some(Boolean);
};

/** Only what is set. */
export const definedOf = (settings: Partial<ImpairmentSettings>): Partial<ImpairmentSettings> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
