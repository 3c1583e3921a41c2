import type { IgmpRow } from '../case.js';
import { J_FIXED } from './j-fixed.js';
import { J_NEIGHBORS } from './j-neighbors.js';
import { J_PROXY } from './j-proxy.js';

export const J: readonly IgmpRow[] = [...J_FIXED, ...J_PROXY, ...J_NEIGHBORS];
