import { Failure } from '../failure.js';
import { isShowWhat, SHOWN } from '../observe/shown.js';
import { brief } from '../text/brief.js';
import { readCaptureParams } from './capture.js';
import { readChangeParams } from './change.js';
import { readEchoParams } from './echo.js';
import { readExplainParams } from './explain.js';
import { readMonitorParams } from './monitor.js';
import type { ControlMethod, ControlProtocol } from './protocol.js';
import { readReloadParams } from './reload.js';
import { readRouteLinesParams } from './route-lines.js';
import { readTraceParams } from './trace.js';

/** Reads the parameters of each method from a request; throws a `Failure` (2) that says what is wrong. */
export const PARAMETERS: {
  readonly [Method in ControlMethod]: (sent: unknown) => ControlProtocol[Method]['params'];
} = {
  ping: () => ({}),
  stop: () => ({}),
  hostPlan: () => ({}),
  lastFile: () => ({}),
  traffic: () => ({}),
  reload: readReloadParams,
  echo: readEchoParams,
  change: readChangeParams,
  routeLines: readRouteLinesParams,
  explain: readExplainParams,
  monitor: readMonitorParams,
  trace: readTraceParams,
  capture: readCaptureParams,
  show: (sent) => {
    const { what, prefix } = (sent ?? {}) as { what?: unknown; prefix?: unknown };
    if (isShowWhat(what)) return typeof prefix === 'string' ? { what, prefix } : { what };
    throw new Failure(
      2,
      `unknown subject ${what === undefined ? '(none)' : brief(what)}`,
      `one of ${Object.keys(SHOWN).join(' ')}`,
    );
  },
};
