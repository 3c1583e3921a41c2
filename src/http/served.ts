import type { ExplainParams } from '../control/explain.js';
import type { MonitorParams } from '../control/monitor.js';
import type { Caller } from '../control/protocol.js';
import type { Answer } from '../control/rows.js';
import type { Explanation } from '../explanation.js';
import type { Shown, ShowWhat } from '../observe/shown.js';
import type { Draw } from './draw.js';
import type { Metric } from './exposition.js';
import type { Page } from './page.js';

/** What is served of a lab. */
export interface Served {
  /** Who has it may ask; undefined where everybody on this machine may. */
  readonly token: string | undefined;
  /** What `show` shows; of routes only those that a prefix concerns, where there is one. */
  readonly answer: (what: ShowWhat, prefix?: string) => Answer<Shown[ShowWhat]>;
  /** The names of its routers. */
  readonly routers: () => readonly string[];
  readonly metrics: () => Promise<readonly Metric[]>;
  /** Explains a datagram; throws a `Failure` (2) if the words mean nothing. */
  readonly explain: (params: ExplainParams) => Explanation;
  /** Tells a caller of events from now on; throws a `Failure` (2) if the parameters mean nothing. */
  readonly follow: (params: MonitorParams, caller: Caller) => void;
  /** The files of the dashboard. */
  readonly page: Page;
  readonly draw: Draw;
}
