import type { IgmpRow } from '../case.js';
import { A } from './a.js';
import { B } from './b.js';
import { C } from './c.js';
import { D } from './d.js';
import { E } from './e.js';
import { F } from './f.js';
import { G } from './g.js';
import { H } from './h.js';
import { I } from './i.js';
import { J } from './j.js';
import { K } from './k.js';
/** The second part of the table, in its order. */
export const ROWS: readonly IgmpRow[] = [A, B, C, D, E, F, G, H, I, J, K].flat();
