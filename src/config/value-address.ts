import {
  parseBoundary,
  parseEndpoint,
  parseGroup,
  parseGroupPrefix,
  parseHostAddress,
  parseInterfaceAddress,
  parseLoopback,
  parsePrefix,
  SCOPES,
} from '../text/addresses.js';
import { written } from './value.js';

const PART = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const FOUR = `${PART}(\\.${PART}){3}`;
const LENGTH = '/(3[0-2]|[12]?[0-9])';

export const hostAddress = (description: string) =>
  written(parseHostAddress, { description, pattern: `^${FOUR}$`, examples: ['192.0.2.1'] });

export const interfaceAddress = (description: string) =>
  written(parseInterfaceAddress, {
    description,
    pattern: `^${FOUR}${LENGTH}$`,
    examples: ['198.51.100.10/24'],
  });

export const prefix = (description: string) =>
  written(parsePrefix, {
    description,
    pattern: `^(default|${FOUR}${LENGTH})$`,
    examples: ['203.0.113.0/24', 'default'],
  });

export const groupPrefix = (description: string) =>
  written(parseGroupPrefix, { description, pattern: `^${FOUR}${LENGTH}$`, examples: ['239.0.0.0/8'] });

export const boundary = (description: string) =>
  written(parseBoundary, {
    description,
    pattern: `^(${[...SCOPES.keys()].join('|')}|${FOUR}${LENGTH})$`,
    examples: ['239.255.0.0/16', ...SCOPES.keys()],
  });

export const group = (description: string) =>
  written(parseGroup, { description, pattern: `^${FOUR}$`, examples: ['239.1.2.3'] });

export const loopback = (description: string) =>
  written(parseLoopback, { description, pattern: `^${FOUR}/32$`, examples: ['192.0.2.255/32'] });

export const endpoint = (description: string) =>
  written(parseEndpoint, { description, pattern: `^${FOUR}:[0-9]{1,5}$`, examples: ['127.0.0.1:9476'] });
