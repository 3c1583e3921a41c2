import type { IgmpRow } from '../case.js';
import { E_HOSTS } from './e-hosts.js';
import { E_QUERIES } from './e-queries.js';
import { E_TABLES } from './e-tables.js';
import { E_TIMERS } from './e-timers.js';

export const E: readonly IgmpRow[] = [...E_TABLES, ...E_TIMERS, ...E_QUERIES, ...E_HOSTS];
