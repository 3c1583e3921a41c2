import type { IgmpRow } from '../case.js';
import { I_DATAGRAMS } from './i-datagrams.js';
import { I_FLOWS } from './i-flows.js';
import { I_WAYS } from './i-ways.js';

export const I: readonly IgmpRow[] = [...I_WAYS, ...I_DATAGRAMS, ...I_FLOWS];
