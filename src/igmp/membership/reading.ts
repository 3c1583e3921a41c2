import * as igmp from '../message.js';
import type { Refusal } from '../refusal.js';

/** How far the records of a version 3 report have been taken. */
export interface ReportReading {
  /** Where the next record begins, and how many are left. */
  at: number;
  left: number;
  /** How many were refused, and why the last of them was. */
  refused: number;
  refusal: Refusal | undefined;
}

export const newReading = (report: Uint8Array): ReportReading => ({
  at: igmp.V3_REPORT_LENGTH,
  left: igmp.recordCount(report),
  refused: 0,
  refusal: undefined,
});
