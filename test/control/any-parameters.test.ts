import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Begun, dispatch, RequestError } from '../../src/control/dispatch.js';
import { PARAMETERS } from '../../src/control/parameters.js';
import {
  type ControlCaller,
  type ControlMethod,
  type ControlMethods,
  INTERNAL_ERROR,
} from '../../src/control/protocol.js';
import { explain } from '../../src/lab/explain/explain.js';
import { SILENT } from '../../src/observe/log.js';
import { change } from '../../src/runtime/services/change.js';
import type { Instant } from '../../src/time.js';
import { watchedLab } from '../support/configured.js';

const METHODS = Object.keys(PARAMETERS) as ControlMethod[];
const KEYS = [
  'what', 'prefix', 'only', 'match', 'interface', 'file', 'snaplen', 'count', 'types', 'router', 'destination', 'source',
  'identifier', 'sequence', 'length', 'ttl', 'tos', 'timeoutMs', 'words', 'isReplacing', 'firstLine', 'lines', 'df', 'in',
  'protocol', 'sourcePort', 'destinationPort', 'size', 'isColored', 'isQuiet',
]; // biome-ignore format: a list of words
const INHERITED = ['toString', 'valueOf', '__proto__', 'constructor', 'toJSON', 'hasOwnProperty', 'then'];

/** Too deep for what goes into it step by step. */
const DEEP = [
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
];

const anyLab = (): ControlMethods => {
  const text = `
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`;
  const { lab, now } = watchedLab(text, 'drop').lab;
  const loop = { lab, perform: <Result>(work: (at: Instant) => Result): Result => work(now) };
  const done = () => ({}) as never;
  const methods = Object.fromEntries(METHODS.map((method) => [method, done])) as unknown as ControlMethods;
  return {
    ...methods,
    explain: (params) => explain(lab, params, now),
    change: ({ words }) => change(loop, words),
  };
};

/** What comes of a request: the code of its error, or `done`. */
const outcomeOf = (methods: ControlMethods, method: ControlMethod, params: string): number | 'done' => {
  const line = `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`;
  try {
    const { id }: Begun = dispatch(line, { methods, allowed: 'all', log: SILENT }, {} as ControlCaller);
    expect(id).toBe(1);
    return 'done';
  } catch (error) {
    if (error instanceof RequestError) return error.code;
    throw error;
  }
};

const word = fc.oneof(
  fc.constantFrom(...INHERITED, '198.51.100.10', 'r1', 'alice', 'link', 'set', 'route', 'get', '1', ''),
  fc.string(),
);

/** JSON as text, so that `__proto__` is a key like any other to who reads it. */
const { json } = fc.letrec<{ json: string; list: string; object: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('null', 'true', 'false', '0', '1', '-1.5', '1e400', '64', '1000'),
    word.map((each) => JSON.stringify(each)),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('json'), { maxLength: 4 }).map((each) => `[${each.join()}]`),
  object: fc
    .array(fc.tuple(fc.constantFrom(...KEYS, ...INHERITED), tie('json')), { maxLength: 8 })
    .map((fields) => `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`),
}));

describe('parameters of a request', () => {
  it.each(METHODS)('are refused as wrong and never break anything, whatever they are: %s', (method) => {
    const methods = anyLab();
    fc.assert(
      fc.property(json, (params) => {
        expect(outcomeOf(methods, method, params)).not.toBe(INTERNAL_ERROR);
      }),
      { numRuns: 300 },
    );
  });

  it.each(METHODS)('may have a value of every kind under every key: %s', (method) => {
    const methods = anyLab();
    const rest = '"source":"alice","destination":"r1"';
    const values = INHERITED.flatMap((key) => [`{"${key}":1}`, `[{"${key}":1}]`, `"${key}"`, `["${key}"]`]);
    for (const key of KEYS)
      for (const value of [...values, ...DEEP])
        expect(
          outcomeOf(methods, method, `{${rest},"${key}":${value}}`),
          `${key}: ${value.slice(0, 100)}`,
        ).not.toBe(INTERNAL_ERROR);
  });
});
