import type { IgmpRow } from '../case.js';
import { F_ELSEWHERE } from './f-elsewhere.js';
import { F_MODES } from './f-modes.js';

export const F: readonly IgmpRow[] = [...F_MODES, ...F_ELSEWHERE];
