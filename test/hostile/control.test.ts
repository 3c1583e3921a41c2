import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callInstance } from '../../src/control/client.js';
import { PARAMETERS } from '../../src/control/parameters.js';
import type { ControlMethods } from '../../src/control/protocol.js';
import { startControlServer } from '../../src/control/server.js';
import { SILENT } from '../../src/observe/log.js';
import { type Random, randomBelow, seededRandom } from '../../src/random.js';

const LIVE = { name: 'lab', pid: process.pid, version: '0.0.0' };
/** Every method there is, each with an answer for anybody. */
const METHODS = Object.fromEntries(
  Object.keys(PARAMETERS).map((name) => [name, () => LIVE]),
) as unknown as ControlMethods;

const TOKENS = [
  '{', '}', '[', ']', ',', ':', '"', '"jsonrpc":"2.0"', '"id":1', '"id":null', '"method":"ping"', '"method":"show"',
  '"method":"__proto__"', '"method":1', '"params":{"what":"status"}', '"params":[]', '"params":null', '\\u0000', '\n',
  'null', '1e999', '-', 'true', '\u0000', '\ufeff', '\r', ' ', '[[', '{}', '"toString"', '"result":1', '"error":{}',
]; // biome-ignore format: tokens

/** A request that is nearly right, pieces of one in any order, or octets. */
const hostileLine = (random: Random): Uint8Array => {
  const chance = random();
  if (chance < 0.2)
    return Uint8Array.from({ length: randomBelow(random, 200) }, () => randomBelow(random, 256));
  const tokens = Array.from(
    { length: randomBelow(random, 12) },
    () => TOKENS[randomBelow(random, TOKENS.length)]!,
  );
  const text = chance < 0.5 ? tokens.join('') : `{${tokens.filter((each) => each.includes(':')).join(',')}}`;
  return new TextEncoder().encode(chance > 0.9 ? `[${text},${text}]` : text);
};

let folder: string;
const errors: unknown[] = [];
const note = (error: unknown): void => {
  errors.push(error);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tphostile-'));
  process.on('unhandledRejection', note);
});

afterEach(() => {
  process.off('unhandledRejection', note);
  rmSync(folder, { recursive: true, force: true });
});

describe('the control socket under requests that mean ill', () => {
  it('answers each with JSON or closes, and still answers a good one', async () => {
    const path = join(folder, 'lab.sock');
    const server = await startControlServer({ path, mode: 0o600, methods: METHODS, log: SILENT });
    const random = seededRandom(4);
    try {
      for (let connection = 0; connection < 100; connection += 1) {
        const socket = connect(path);
        socket.on('error', () => {});
        await once(socket, 'connect');
        for (let lines = randomBelow(random, 30); lines > 0; lines -= 1) {
          socket.write(hostileLine(random));
          socket.write('\n');
        }
        if (random() < 0.2) {
          socket.destroy();
          continue;
        }
        socket.end();
        let answers = '';
        for await (const chunk of socket) answers += chunk;
        for (const answer of answers.split('\n').filter((line) => line !== ''))
          expect(() => JSON.parse(answer)).not.toThrow();
      }
      expect(await callInstance({ name: 'lab', socket: path }, 'ping', {})).toEqual(LIVE);
    } finally {
      await server.close();
    }
    expect(errors).toEqual([]);
  });
});
