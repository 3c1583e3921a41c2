import type { ControlMethods, Liveness } from '../control/protocol.js';
import type { LabLoop } from '../lab/loop.js';
import type { EventStream } from '../observe/event-stream.js';
import { sendEcho } from './services/echo.js';
import { forgetGroup, sendIgmpQuery } from './services/igmp.js';
import { monitorEvents } from './services/monitor.js';
import type { Shower } from './services/show.js';

/** What the methods of the control socket act on. */
export interface MethodsEnvironment {
  readonly identity: Liveness;
  readonly loop: LabLoop;
  readonly events: EventStream;
  readonly show: Shower;
  stop(why: string): void;
}

/** What each method of the control socket does; `control/` reads its parameters. */
export const controlMethods = (environment: MethodsEnvironment): ControlMethods => {
  const { identity, loop, events, show, stop } = environment;
  return {
    ping: () => identity,
    show: ({ what }) => show(what),
    echo: (params) => sendEcho(loop, params),
    igmpQuery: (params) => sendIgmpQuery(loop, params),
    igmpLeave: (params) => forgetGroup(loop, params),
    monitor: (params, caller) =>
      monitorEvents(events, params, caller, { name: identity.name, wallClock: (at) => loop.wallClock(at) }),
    stop: () => {
      setImmediate(() => stop('requested on the control socket'));
      return identity;
    },
  };
};
