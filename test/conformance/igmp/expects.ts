import { type Expectation, originated } from '../expectation.js';
import type { PortNumber } from '../topology.js';
import { ROUTER } from './addresses.js';
import { type QueryFields, query, type ReportFields, type ReportRecord, report } from './sends.js';

type Out<Fields> = Fields & { readonly on?: PortNumber };

/** A query of the router, general unless there is a group: each octet counts but for the identification. */
export const asks = ({ on = 0, ...fields }: Out<QueryFields> = {}): Expectation =>
  originated(on, query({ from: ROUTER[on], ...fields }));

/** A version 3 report of the router itself. */
export const reports = (
  records: ReportRecord | readonly ReportRecord[],
  { on = 0, ...fields }: Out<ReportFields> = {},
): Expectation => originated(on, report(records, { from: ROUTER[on], ...fields }));
