import { Failure } from '../failure.js';
import type { Log } from '../observe/log.js';
import { PARAMETERS } from './parameters.js';
import {
  type ControlCaller,
  type ControlMethod,
  type ControlMethods,
  FAILED,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
} from './protocol.js';

/** A request that was begun. */
export interface Begun {
  /** Undefined for a notification, which nobody answers. */
  readonly id: Id | undefined;
  readonly result: unknown;
}

type Id = string | number | null;

/** What goes wrong with a request, as its response says it. */
export class RequestError extends Error {
  readonly id: Id | undefined;
  readonly code: number;
  readonly data: object | undefined;

  constructor(id: Id | undefined, code: number, message: string, data?: object) {
    super(message);
    this.id = id;
    this.code = code;
    this.data = data;
  }
}

/**
 * Reads one line and calls its method; throws a `RequestError`, which becomes the response.
 *
 * A batch is refused: a line is one request, so that nobody is kept waiting by a hundred.
 * Source: JSON-RPC 2.0 Specification §4, §6.
 */
export const dispatch = (
  line: string,
  { methods, allowed, log }: DispatchEnvironment,
  caller: ControlCaller,
): Begun => {
  const request = parse(line);
  const id = idOf(request);
  const { method } = request;
  if (request.jsonrpc !== '2.0' || typeof method !== 'string' || id === 'invalid')
    throw new RequestError(id === 'invalid' ? null : (id ?? null), INVALID_REQUEST, 'Invalid Request');
  const asked = { id: id as Id | undefined };
  if (!Object.hasOwn(PARAMETERS, method))
    throw new RequestError(asked.id, METHOD_NOT_FOUND, 'Method not found');
  if (allowed !== 'all' && !allowed.has(method as ControlMethod))
    throw new RequestError(asked.id, FAILED, `this socket only reads: no ${method}`, {
      exitCode: 4,
      fix: null,
    });
  try {
    return { ...asked, result: call(method as ControlMethod, request.params, methods, caller) };
  } catch (error) {
    throw errorOf(asked.id, error, log);
  }
};

/** What requests are for, and who hears of defects. */
export interface DispatchEnvironment {
  readonly methods: ControlMethods;
  readonly allowed: Allowed;
  readonly log: Log;
}

/** The methods that a socket serves. */
export type Allowed = 'all' | ReadonlySet<ControlMethod>;

const call = <Method extends ControlMethod>(
  method: Method,
  sent: unknown,
  methods: ControlMethods,
  caller: ControlCaller,
): unknown => methods[method](PARAMETERS[method](sent), caller);

/** What a method threw, as its response says it; what is no `Failure` is a defect, and logged. */
export const errorOf = (id: Id | undefined, error: unknown, log: Log): RequestError => {
  if (error instanceof RequestError) return error;
  if (error instanceof Failure)
    return new RequestError(id, FAILED, error.message, { exitCode: error.exitCode, fix: error.fix ?? null });
  const reason = error instanceof Error ? error.message : String(error);
  log.error('a control request failed', {
    reason,
    stack: error instanceof Error ? error.stack : undefined,
  });
  return new RequestError(id, INTERNAL_ERROR, reason);
};

export const responseTo = (id: Id, result: unknown): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, result: result ?? null })}\n`;

export const errorResponse = ({ id, code, message, data }: RequestError): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error: { code, message, ...(data === undefined ? {} : { data }) } })}\n`;

type Fields = Readonly<Record<string, unknown>>;

const parse = (line: string): Fields => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new RequestError(null, PARSE_ERROR, 'Parse error');
  }
  if (Array.isArray(value)) throw new RequestError(null, INVALID_REQUEST, 'one request a line: no batches');
  if (typeof value !== 'object' || value === null)
    throw new RequestError(null, value === null ? PARSE_ERROR : INVALID_REQUEST, 'Invalid Request');
  return value as Fields;
};

const idOf = ({ id }: Fields): Id | undefined | 'invalid' =>
  id === undefined || id === null || typeof id === 'string' || typeof id === 'number' ? id : 'invalid';
