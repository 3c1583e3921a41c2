import { type Bounds, parseDuration, parseRate, parseShare, parseSize } from '../text/quantities.js';
import { written } from './value.js';

export const lasting = (description: string, bounds?: Bounds, preset?: string) =>
  written((text) => parseDuration(text, bounds), {
    description,
    pattern: '^[0-9]+(\\.[0-9]+)?(ms|s|m|h)$',
    examples: ['15ms', '125s'],
    ...(preset === undefined ? {} : { default: preset }),
  });

export const rate = (description: string) =>
  written(parseRate, { description, pattern: '^[0-9]+(\\.[0-9]+)?[kmg]bit$', examples: ['50mbit'] });

export const size = (description: string) =>
  written(parseSize, { description, pattern: '^[0-9]+(\\.[0-9]+)?(B|kB|MB)$', examples: ['64kB'] });

export const share = (description: string) =>
  written(parseShare, { description, pattern: '^[0-9]+(\\.[0-9]+)?%$', examples: ['0.5%'] });
