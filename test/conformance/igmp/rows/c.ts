import type { IgmpRow } from '../case.js';
import { C_ELECTION } from './c-election.js';
import { C_INPUT } from './c-input.js';
import { C_OTHERS, C_REST } from './c-others.js';

export const C: readonly IgmpRow[] = [...C_ELECTION, ...C_OTHERS, ...C_INPUT, ...C_REST];
