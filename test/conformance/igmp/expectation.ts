import type { PortNumber } from '../case.js';
import { type Expectation, originated } from '../expectation.js';
import type { Timed } from './case.js';
import { type QueryFields, query, type ReportFields, type ReportRecord, report } from './messages.js';
import { ROUTER } from './topology.js';

/** That it comes out so many seconds after the step began. */
export const at = (seconds: number, expectation: Expectation): Timed => ({ at: seconds, expectation });

type Out<Fields> = Fields & { readonly on?: PortNumber };

/** A query of the router, general unless there is a group: each octet counts but for the identification. */
export const asks = ({ on = 0, ...fields }: Out<QueryFields> = {}): Expectation =>
  originated(on, query({ from: ROUTER[on], ...fields }));

/** A version 3 report of the router itself. */
export const reports = (
  records: ReportRecord | readonly ReportRecord[],
  { on = 0, ...fields }: Out<ReportFields> = {},
): Expectation => originated(on, report(records, { from: ROUTER[on], ...fields }));

export { exactly, forwarded, fragments, originated } from '../expectation.js';
