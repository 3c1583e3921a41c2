import type { IgmpRow } from '../case.js';
import { D_AROUND } from './d-around.js';
import { D_GROUPS, D_REST } from './d-groups.js';
import { D_MESSAGES } from './d-messages.js';

export const D: readonly IgmpRow[] = [...D_AROUND, ...D_MESSAGES, ...D_GROUPS, ...D_REST].sort((a, b) =>
  a.id.localeCompare(b.id),
);
