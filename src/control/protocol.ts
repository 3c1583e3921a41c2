import type { Summary } from '../config/difference.js';
import type { Explanation } from '../explanation.js';
import type { Shown, ShowWhat } from '../observe/shown.js';
import type { CaptureParams, CaptureResult } from './capture.js';
import type { ChangeParams, ChangeResult } from './change.js';
import type { EchoParams, EchoResult } from './echo.js';
import type { ExplainParams } from './explain.js';
import type { MonitorParams, MonitorResult } from './monitor.js';
import type { Notifications } from './notifications.js';
import type { ReloadParams, ReloadResult } from './reload.js';
import type { RouteLinesParams, RouteLinesResult } from './route-lines.js';
import type { Answer } from './rows.js';
import type { TraceParams, TraceResult } from './trace.js';
import type { Traffic } from './traffic.js';

/** The methods of the control socket: JSON-RPC 2.0, one object per line. */
export interface ControlProtocol {
  /** Identifies the lab, and proves that its event loop turns; a state file that is gone is there again. */
  readonly ping: { readonly params: Nothing; readonly result: Liveness };
  /** One subject of `show`. */
  readonly show: ShowExchange<ShowWhat>;
  /** Has a router send an echo request; answers when its fate is known. */
  readonly echo: { readonly params: EchoParams; readonly result: EchoResult };
  /** What would happen to a datagram; nothing is sent. */
  readonly explain: { readonly params: ExplainParams; readonly result: Explanation };
  /** Changes the lab, as a person would from the command line. */
  readonly change: { readonly params: ChangeParams; readonly result: ChangeResult };
  /** Adds the routes of lines, so many that they take a few milliseconds. */
  readonly routeLines: { readonly params: RouteLinesParams; readonly result: RouteLinesResult };
  /** After the answer, sends a notification for each event until the connection ends. */
  readonly monitor: { readonly params: MonitorParams; readonly result: MonitorResult };
  /** After the answer, sends a notification for the way of each datagram, until the connection ends. */
  readonly trace: { readonly params: TraceParams; readonly result: TraceResult };
  /** The counters of now, for rates. */
  readonly traffic: { readonly params: Nothing; readonly result: Traffic };
  /** After the answer, the connection carries a pcapng file. What others send is in it: no socket for reading has it. */
  readonly capture: { readonly params: CaptureParams; readonly result: CaptureResult };
  /** Reads the configuration file again, and answers when what has changed in it is applied, or refused. */
  readonly reload: { readonly params: ReloadParams; readonly result: ReloadResult };
  /** The changes on this machine that the last file asked for, as the host side plans them. */
  readonly hostPlan: { readonly params: Nothing; readonly result: readonly object[] };
  /** What the last file said beside that, for whoever compares another one with it. */
  readonly lastFile: { readonly params: Nothing; readonly result: Summary };
  /** Answers, then stops the lab, which is gone when its process is. */
  readonly stop: { readonly params: Nothing; readonly result: Liveness };
}

/** A subject, and what is shown of it. */
export interface ShowExchange<What extends ShowWhat> {
  readonly params: {
    readonly what: What;
    /** Of the routes only those to this prefix and inside it, or that lead to this address. */
    readonly prefix?: string;
  };
  readonly result: Shown[What];
}

export type Nothing = Readonly<Record<string, never>>;

export interface Liveness {
  readonly name: string;
  readonly pid: number;
  readonly version: string;
}

export type ControlMethod = keyof ControlProtocol;

/** The connection that a request came by. */
export interface Caller {
  /** Turns the connection into one that follows events; throws a `Failure` if it does so already, or too many do. */
  follow(): Notifications;
  /** Calls `action` when the connection has ended. */
  onEnd(action: () => void): void;
}

/** A connection of a control socket, which can carry other things than lines. */
export interface ControlCaller extends Caller {
  /**
   * Turns the connection into one that carries octets behind the answer; throws as `follow`.
   *
   * `end` is called when the caller asks for no more; what it has sent before it resolves still arrives.
   */
  stream(end: () => Promise<void>): OctetSink;
}

/** The part of a connection that octets go to. */
export interface OctetSink {
  /** `done` is called when the octets have left, or never will. */
  write(octets: Uint8Array, done: (error?: Error | null) => void): unknown;
  end(): unknown;
}

/** One function for each method. A `Failure` that it throws reaches the caller with its exit code and fix. */
export type ControlMethods = {
  readonly [Method in ControlMethod]: (
    params: ControlProtocol[Method]['params'],
    caller: ControlCaller,
  ) => Answer<ControlProtocol[Method]['result']> | Promise<Answer<ControlProtocol[Method]['result']>>;
};

/** A longer request ends its connection. In octets. */
export const LONGEST_REQUEST = 64 * 1024;

/** The methods that change nothing, which a socket for reading serves. */
export const READING_METHODS: ReadonlySet<ControlMethod> = new Set([
  'ping',
  'show',
  'explain',
  'hostPlan',
  'lastFile',
  'traffic',
  'monitor',
  'trace',
]);

/** JSON-RPC error codes. Source: JSON-RPC 2.0 Specification §5.1. */
export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INTERNAL_ERROR = -32603;
/** A `Failure`; `data` holds its exit code and fix. */
export const FAILED = -32000;
