import { type Duration, milliseconds } from './time.js';

/** What a preset sets. The numbers are those of one direction. */
interface PresetSettings {
  readonly delay: Duration;
  readonly jitter: Duration;
  readonly loss?: number;
  readonly burst?: number;
  /** Bits a second. */
  readonly rate: number;
}

/** A link of a common kind. */
export interface Preset {
  readonly means: string;
  readonly settings: PresetSettings;
  /** Who measured it, and what was measured; a round trip is two delays. */
  readonly source: string;
}

export const PRESET_NAMES = [
  'wifi',
  'wifi-bad',
  'mobile-4g',
  'mobile-3g',
  'satellite-leo',
  'satellite-geo',
  'dsl',
] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

const mbit = (count: number): number => count * 1_000_000;

/** Settings of common kinds of links, from published measurements. Rates are those of downloads. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  wifi: {
    means: 'Wi-Fi near its access point',
    settings: { delay: milliseconds(1.5), jitter: milliseconds(1.5), rate: mbit(40) },
    source:
      'Sui et al., MobiSys 2016: median round trip 3 ms; rate: the Wi-Fi profile of Apple’s Network Link Conditioner',
  },
  'wifi-bad': {
    means: 'crowded Wi-Fi far from its access point',
    settings: {
      delay: milliseconds(25),
      jitter: milliseconds(25),
      loss: 0.02,
      burst: 3,
      rate: mbit(5),
    },
    source:
      'Pei et al., INFOCOM 2016: median round trip 50 ms in a bad case, 100 ms in a tenth of all; losses in bursts: Carvalho et al., IEEE Trans. Consumer Electronics 51(2), 2005; their share and the rate are chosen',
  },
  'mobile-4g': {
    means: 'LTE in a town',
    settings: { delay: milliseconds(27), jitter: milliseconds(8), rate: mbit(14.7) },
    source: 'Ofcom, April 2015: average round trip 53.1 ms, download 14.7 Mbit/s; the jitter is chosen',
  },
  'mobile-3g': {
    means: 'UMTS in a town',
    settings: { delay: milliseconds(32), jitter: milliseconds(15), rate: mbit(5.9) },
    source: 'Ofcom, April 2015: average round trip 63.5 ms, download 5.9 Mbit/s; the jitter is chosen',
  },
  'satellite-leo': {
    means: 'a satellite in a low orbit, as Starlink',
    settings: { delay: milliseconds(25), jitter: milliseconds(15), loss: 0.01, rate: mbit(178) },
    source:
      'Michel et al., IMC 2022: round trip 50 ms, half of all within 40 to 60 ms, median download 178 Mbit/s; loss: Huston, APNIC 2024',
  },
  'satellite-geo': {
    means: 'a geostationary satellite',
    settings: { delay: milliseconds(300), jitter: milliseconds(10), rate: mbit(100) },
    source: 'Michel et al., IMC 2022: round trip 600 ms, a subscription of 100 Mbit/s; the jitter is chosen',
  },
  dsl: {
    means: 'ADSL',
    settings: { delay: milliseconds(22), jitter: milliseconds(2), rate: mbit(12) },
    source:
      'FCC, Measuring Broadband America: average round trip 44 ms (2011), most offers at most 12 Mbit/s (2015); the jitter is chosen',
  },
};
