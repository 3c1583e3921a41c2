import type { ControlMethods, Liveness } from '../control/protocol.js';
import { type ReloadParams, type ReloadResult, reloadAnswer } from '../control/reload.js';
import type { JsonText, Rows } from '../control/rows.js';
import { explain } from '../lab/explain/explain.js';
import type { LabLoop } from '../lab/loop.js';
import type { Captures } from '../observe/capture/captures.js';
import { deviceRequests } from '../tun/requests.js';
import { addLines } from './services/add-lines.js';
import { capture } from './services/capture.js';
import { change } from './services/change.js';
import { sendEcho } from './services/echo.js';
import type { Monitors } from './services/monitor.js';
import type { Shower } from './services/show.js';
import { Traces } from './services/trace.js';
import { trafficOf } from './services/traffic.js';

/** What the methods of the control socket act on. */
export interface MethodsEnvironment {
  readonly identity: Liveness;
  readonly loop: LabLoop;
  readonly monitors: Monitors;
  readonly captures: Captures;
  readonly show: Shower;
  readonly reload: (params: ReloadParams) => Promise<ReloadResult>;
  readonly hostPlan: () => Rows<object>;
  readonly lastFile: () => JsonText;
  /** Told when somebody asks whether it is there. */
  readonly isAsked: () => void;
  stop(why: string): void;
}

/** What each method of the control socket does; `control/` reads its parameters. */
export const controlMethods = (environment: MethodsEnvironment): ControlMethods => {
  const traces = new Traces(environment.loop);
  const { identity, loop, monitors, captures, show, reload, hostPlan, lastFile, isAsked, stop } = environment;
  return {
    ping: () => {
      isAsked();
      return identity;
    },
    show: ({ what, prefix }) => show.answer(what, prefix),
    echo: (params) => sendEcho(loop, params),
    explain: (params) => explain(loop.lab, params, loop.readClock()),
    change: async ({ words }) => {
      const result = change(loop, words);
      await deviceRequests.done();
      return result;
    },
    routeLines: (params) => addLines(loop, params),
    monitor: (params, caller) => monitors.follow(params, caller, identity.name),
    trace: (params, caller) => traces.follow(params, caller, identity.name),
    traffic: () => trafficOf(loop),
    capture: (params, caller) => capture(loop, captures, params, caller, identity.name),
    reload: async (params) => reloadAnswer(await reload(params)),
    hostPlan,
    lastFile,
    stop: () => {
      setImmediate(() => stop('requested on the control socket'));
      return identity;
    },
  };
};
