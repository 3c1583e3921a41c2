import { describeSection } from '../config/describe-section.js';
import { IMPAIRMENT_KEYS, withPreset } from '../impairments.js';
import { PRESET_NAMES, PRESETS, type PresetName } from '../presets.js';
import { settingsOf } from '../section.js';

/** What a preset says, for a person and for a program. */
interface PresetRow {
  readonly preset: PresetName;
  readonly means: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly source: string;
}

/** Every preset of a link, as the file would say it. */
export const presetRows = (): readonly PresetRow[] =>
  PRESET_NAMES.map((preset) => {
    const { means, source } = PRESETS[preset];
    const { preset: _, ...settings } = describeSection(
      IMPAIRMENT_KEYS,
      withPreset(settingsOf(IMPAIRMENT_KEYS, { preset })),
    );
    return { preset, means, settings, source };
  });

export const formatPresets = (): string =>
  [
    'Presets of links: `preset: NAME` in the file, `--preset NAME` with `tunpike link set`.',
    'Each sets the keys below, as if they stood there; keys that are set besides override it.',
    ...presetRows().flatMap(({ preset, means, settings, source }) => [
      '',
      `${preset}: ${means}`,
      `  ${Object.entries(settings)
        .map(([key, value]) => `${key}: ${value}`)
        .join(', ')}`,
      ...wrapped(source, 76).map((line) => `  ${line}`),
    ]),
  ].join('\n');

const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};
