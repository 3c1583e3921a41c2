import { parseChangeLine } from '../../src/change/change.js';
import type { Outcome } from '../../src/lab/change/outcome.js';
import { performChange } from '../../src/lab/change/perform.js';
import type { VirtualLab } from '../../src/lab/virtual-lab.js';
import { accepted } from '../../src/text/fault.js';

/** Changes a lab as a line says that a person types behind `tunpike`. */
export const perform = ({ lab, now }: Pick<VirtualLab, 'lab' | 'now'>, line: string): Outcome =>
  performChange(lab, accepted(parseChangeLine(line)), now);
