import type { Row } from '../case.js';
import { checksums } from './ck.js';
import { unreachables } from './du.js';
import { echo } from './ec.js';
import { errors } from './eg.js';
import { fragmentation } from './fr.js';
import { headerValidation } from './hv.js';
import { interfaces } from './if.js';
import { localDelivery } from './ld.js';
import { martians } from './ma.js';
import { options } from './op.js';
import { probe } from './pb.js';
import { queries } from './qu.js';
import { reassembly } from './ra.js';
import { redirects } from './rd.js';
import { rateLimit } from './rl.js';
import { routing } from './rt.js';
import { sourceQuench } from './sq.js';
import { timeToLive } from './tt.js';
import { extensions } from './xt.js';

/** Every row that is written, in the order of the table. */
export const ROWS: readonly Row[] = [
  ...headerValidation,
  ...checksums,
  ...martians,
  ...timeToLive,
  ...localDelivery,
  ...routing,
  ...fragmentation,
  ...reassembly,
  ...options,
  ...errors,
  ...unreachables,
  ...echo,
  ...queries,
  ...redirects,
  ...sourceQuench,
  ...rateLimit,
  ...extensions,
  ...probe,
  ...interfaces,
];
