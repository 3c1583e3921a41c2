import type { Explanation } from '../explanation.js';
import type { EventRecord } from '../observe/event-record.js';
import type { ShowWhat, Status } from '../observe/shown.js';
import type { ControlMethod, ControlProtocol } from './protocol.js';
import type { TracedDatagram } from './trace.js';

type Is = (value: unknown) => boolean;

const isText: Is = (value) => typeof value === 'string';
const isNumber: Is = (value) => typeof value === 'number';
const isList: Is = (value) => Array.isArray(value) && !value.includes(null);
export const isObject: Is = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNullOr =
  (is: Is): Is =>
  (value) =>
    value === null || is(value);

/** Whether a value is an object with at least these parts. */
const has =
  <Shape>(parts: { readonly [Name in keyof Shape]?: Is }): Is =>
  (value) =>
    isObject(value) &&
    Object.entries<Is | undefined>(parts).every(([name, is]) => is?.((value as Shape)[name as keyof Shape]));

type Result<Method extends ControlMethod> = ControlProtocol[Method]['result'];

const isExplanation = has<Explanation>({ steps: isList, icmp: isNullOr(isObject) });
const isEcho: Is = (value) =>
  has<Result<'echo'>>({ kind: isText })(value) &&
  ((value as Result<'echo'>).kind !== 'reply' ||
    has<Result<'echo'> & { kind: 'reply' }>({ milliseconds: isNumber, route: isList })(value));

/**
 * What whoever asks looks into, so that without it there is no answer. What is only printed may be missing, as it may
 * in that of another version.
 */
const NEEDED: { readonly [Method in Exclude<ControlMethod, 'show'>]: Is } = {
  ping: isObject,
  stop: isObject,
  echo: isEcho,
  explain: isExplanation,
  change: has<Result<'change'>>({ said: isList, fields: isObject }),
  routeLines: has<Result<'routeLines'>>({ routes: isNumber }),
  monitor: has<Result<'monitor'>>({ types: isList }),
  trace: isObject,
  traffic: has<Result<'traffic'>>({
    eventLoopLagSeconds: isNumber,
    interfaces: isList,
    links: isList,
    drops: isObject,
  }),
  capture: isObject,
  reload: has<Result<'reload'>>({ changes: isList, problems: isList, report: isList }),
  hostPlan: isList,
  lastFile: has<Result<'lastFile'>>({ described: isObject, tables: isList }),
};

/** The subjects of `show` that are no list. */
const NEEDED_OF_SHOWN: { readonly [What in ShowWhat]?: Is } = {
  status: has<Status>({ warnings: isList }),
  config: isObject,
};

/** Whether a result can be one of a method; `params` are those that it was asked with. */
export const isResultOf = (method: ControlMethod, params: unknown, result: unknown): boolean =>
  method === 'show'
    ? (NEEDED_OF_SHOWN[(params as { what: ShowWhat }).what] ?? isList)(result)
    : NEEDED[method](result);

/** Whether what came can be a notification of those who follow a lab. */
export const isNotificationOf = (method: 'monitor' | 'trace', told: unknown): boolean =>
  method === 'monitor'
    ? has<EventRecord>({ type: isText })(told)
    : has<{ missed: number }>({ missed: isNumber })(told) ||
      (isExplanation(told) && has<TracedDatagram>({ datagram: isObject })(told));
