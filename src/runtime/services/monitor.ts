import {
  EVENT_NOTIFICATION,
  type MonitorParams,
  type MonitorResult,
  readMonitorParams,
} from '../../control/monitor.js';
import type { Caller } from '../../control/protocol.js';
import type { Event } from '../../event.js';
import { matchableOf, recordOf } from '../../observe/event-record.js';
import type { EventStream } from '../../observe/event-stream.js';
import { parseMatch } from '../../observe/match.js';
import type { WallClock } from '../../observe/show.js';

/** Notifies a caller of every event it asked for, until its connection ends. */
export const monitorEvents = (
  events: EventStream,
  params: MonitorParams,
  caller: Caller,
  lab: { readonly name: string; readonly wallClock: WallClock },
): MonitorResult => {
  const { types, match } = readMonitorParams(params);
  const wanted = new Set(types);
  const matches = parseMatch(match);
  const remove = events.add({
    wants: (type) => wanted.has(type),
    notify: (event: Event) => {
      const fields = matchableOf(event);
      if (!matches(fields)) return;
      caller.notifications.send(EVENT_NOTIFICATION, () => recordOf(event, fields, lab.wallClock(event.time)));
    },
  });
  caller.onEnd(remove);
  return { name: lab.name, types };
};
