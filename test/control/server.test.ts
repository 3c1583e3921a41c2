import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Conversation, callInstance } from '../../src/control/client.js';
import { Connections } from '../../src/control/connections.js';
import type { ControlMethods } from '../../src/control/protocol.js';
import { JsonText, Rows } from '../../src/control/rows.js';
import {
  type ControlServer,
  type ControlServerOptions,
  startControlServer,
} from '../../src/control/server.js';
import { Failure } from '../../src/failure.js';
import { SILENT } from '../../src/observe/log.js';
import { NOBODY } from '../support/nobody.js';

const LIVE = { name: 'lab', pid: process.pid, version: '0.0.0' };

const methods = (changed: Partial<ControlMethods> = {}): ControlMethods => ({
  ping: () => LIVE,
  stop: () => LIVE,
  echo: () => ({ kind: 'no-answer' }),
  show: ({ what }) => [what],
  change: ({ words }) => ({ said: [], fields: { words }, isYes: true }),
  explain: () => ({ verdict: 'dropped', reason: 'no-route', steps: [], icmp: null, delivered: null }),
  monitor: () => ({ name: 'lab', types: [] }),
  routeLines: ({ lines }) => ({ routes: lines.length }),
  trace: () => ({ name: 'lab' }),
  traffic: () => Promise.reject(new Error('no lab')),
  capture: () => ({ name: 'capture-1', lab: 'lab' }),
  hostPlan: () => [],
  lastFile: () => ({ described: {}, tables: [] }),
  reload: () => Promise.reject(new Failure(7, 'nothing to read')),
  ...changed,
});

let folder: string;
let path: string;
let server: ControlServer | undefined;

const start = async (
  changed: Partial<ControlMethods> = {},
  more: Partial<ControlServerOptions> = {},
): Promise<void> => {
  server = await startControlServer({ path, mode: 0o640, methods: methods(changed), log: SILENT, ...more });
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpcontrol-'));
  path = join(folder, 'deep', 'lab.sock');
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const open = async (): Promise<Socket> => {
  const socket = connect(path);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
};

/** What comes back until so many lines are there, or the server closes. */
const linesOf = async (socket: Socket, count: number): Promise<Record<string, unknown>[]> => {
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    if (text.split('\n').length > count) break;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

const instance = (): { name: string; socket: string } => ({ name: 'lab', socket: path });
const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';

describe('the control server', () => {
  it('answers a request on its line, with the id of the request', async () => {
    await start();
    const socket = await open();
    socket.write(PING);
    expect(await linesOf(socket, 1)).toEqual([{ jsonrpc: '2.0', id: 1, result: LIVE }]);
  });

  it('makes the socket with the mode it was told, and removes it in the end', async () => {
    await start();
    expect(statSync(path).mode & 0o777).toBe(0o640);
    await server?.close();
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['garbage', 'hello\n'],
    ['null', 'null\n'],
    ['octets that are no UTF-8', Buffer.from([0xff, 0xfe, 0x0a])],
  ])('answers %s with a parse error and goes on', async (_, garbage) => {
    await start();
    const socket = await open();
    socket.write(garbage);
    socket.write(PING);
    const [error, alive] = await linesOf(socket, 2);
    expect(error).toMatchObject({ id: null, error: { code: -32700 } });
    expect(alive).toMatchObject({ id: 1, result: LIVE });
  });

  it.each(['7\n', '[]\n', '[null]\n', '{}\n', '"ping"\n'])(
    'answers %s, which is no request, with an invalid request error and goes on',
    async (strange) => {
      await start();
      const socket = await open();
      socket.write(strange);
      socket.write(PING);
      const [error, alive] = await linesOf(socket, 2);
      expect(error).toMatchObject({ error: { code: -32600 } });
      expect(alive).toMatchObject({ result: LIVE });
    },
  );

  it('logs a defect that clients find again and again at a limited rate', async () => {
    const said: unknown[] = [];
    const log = { ...SILENT, error: (message: string, fields?: object) => void said.push([message, fields]) };
    await start({}, { log });
    const socket = await open();
    socket.write('{"jsonrpc":"2.0","id":1,"method":"traffic"}\n'.repeat(50));
    const answers = await linesOf(socket, 50);
    expect(answers).toHaveLength(50);
    for (const each of answers) expect(each).toMatchObject({ error: { code: -32603, message: 'no lab' } });
    expect(said).toHaveLength(10);
    expect(said[0]).toMatchObject(['a control request failed', { reason: 'no lab' }]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'nothing'])('knows no method %s', async (method) => {
    await start();
    const socket = await open();
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 2, method })}\n`);
    expect(await linesOf(socket, 1)).toMatchObject([{ id: 2, error: { code: -32601 } }]);
  });

  it('takes a request that comes octet by octet, and two in one piece', async () => {
    await start();
    const socket = await open();
    for (const letter of PING) socket.write(letter);
    socket.write(PING + PING);
    expect(await linesOf(socket, 3)).toHaveLength(3);
  });

  it('answers a client that has closed its sending side', async () => {
    await start();
    const socket = connect({ path, allowHalfOpen: true });
    socket.end(PING);
    expect(await linesOf(socket, 1)).toMatchObject([{ result: LIVE }]);
  });

  it('minds neither half a line nor a client that goes away', async () => {
    await start();
    const socket = await open();
    socket.write(PING.slice(0, 20));
    socket.destroy();
    expect(await callInstance(instance(), 'ping', {})).toEqual(LIVE);
  });

  it('refuses a line of a megabyte and closes that connection only', async () => {
    await start();
    const other = await open();
    const socket = await open();
    socket.write(Buffer.alloc(1024 * 1024, 'a'));
    expect(await linesOf(socket, 9)).toMatchObject([{ error: { code: -32600 } }]);
    other.write(PING);
    expect(await linesOf(other, 1)).toMatchObject([{ result: LIVE }]);
  });

  it('hears one after another by one connection, and by a new one after a silence', async () => {
    await start();
    const added = vi.spyOn(Connections.prototype, 'add');
    const conversation = new Conversation(instance());
    try {
      for (let at = 0; at < 10; at += 1) expect(await conversation.call('ping', {})).toEqual(LIVE);
      expect(added).toHaveBeenCalledTimes(1);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await conversation.call('ping', {})).toEqual(LIVE);
      expect(added).toHaveBeenCalledTimes(2);
      await expect(conversation.call('traffic', {})).rejects.toThrow();
      expect(await conversation.call('ping', {})).toEqual(LIVE);
    } finally {
      conversation.end();
      added.mockRestore();
    }
  });

  it('still answers while 200 connections are open', async () => {
    await start();
    const crowd = await Promise.all(Array.from({ length: 200 }, open));
    expect(await callInstance(instance(), 'ping', {})).toEqual(LIVE);
    for (const socket of crowd) socket.destroy();
  });

  it('reads no more from a client that does not read its answers', async () => {
    let asked = 0;
    await start({
      show: () => {
        asked += 1;
        return ['x'.repeat(100_000)];
      },
    });
    const socket = await open();
    socket.pause();
    const request = '{"jsonrpc":"2.0","id":1,"method":"show","params":{"what":"status"}}\n';
    socket.write(request.repeat(500));
    await expect.poll(() => asked).toBeGreaterThan(0);
    expect(await callInstance(instance(), 'ping', {})).toEqual(LIVE);
    expect(asked).toBeLessThan(50);
    socket.destroy();
  });

  it('takes no batches', async () => {
    let asked = 0;
    await start({
      show: () => {
        asked += 1;
        return [];
      },
    });
    const socket = await open();
    const request = '{"jsonrpc":"2.0","id":1,"method":"show","params":{"what":"routes"}}';
    socket.write(`[${Array(900).fill(request).join(',')}]\n${PING}`);
    expect(await linesOf(socket, 2)).toMatchObject([{ error: { code: -32600 } }, { result: LIVE }]);
    expect(asked).toBe(0);
  });

  it('sends a long list as one answer, and does other work meanwhile', async () => {
    const row = (at: number) => ({ prefix: `10.0.0.${at}` });
    await start({
      show: () =>
        new Rows(function* () {
          for (let at = 0; at < 50_000; at += 1) yield row(at);
        }) as never,
    });
    let turns = 0;
    const other = setInterval(() => {
      turns += 1;
    }, 1);
    const shown = await callInstance(instance(), 'show', { what: 'routes' });
    clearInterval(other);
    expect(shown).toEqual(Array.from({ length: 50_000 }, (_, at) => row(at)));
    expect(turns).toBeGreaterThan(5);
  });

  it.each([[[]], [[{ a: 1 }]]])('sends the short list %j, too', async (rows) => {
    await start({ show: () => new Rows(() => rows.values()) as never });
    expect(await callInstance(instance(), 'show', { what: 'routes' })).toEqual(rows);
  });

  it('answers with the failure of what is made in pieces, as long as none of it has left', async () => {
    await start({
      routeLines: () =>
        new JsonText(function* () {
          for (let turn = 0; turn < 3; turn += 1) {
            yield undefined;
            const until = performance.now() + 10;
            while (performance.now() < until);
          }
          throw new Failure(7, 'line 3: no', 'yes');
        }),
    });
    const params = { isReplacing: false, firstLine: 1, lines: [] };
    await expect(callInstance(instance(), 'routeLines', params)).rejects.toMatchObject({
      exitCode: 7,
      message: 'line 3: no',
      fix: 'yes',
    });
  });

  it('ends a connection whose list breaks off, and nothing else', async () => {
    const broken = function* () {
      for (let at = 0; at < 50_000; at += 1) yield at;
      throw new Error('a defect');
    };
    await start({ show: () => new Rows(broken) as never });
    await expect(callInstance(instance(), 'show', { what: 'routes' })).rejects.toMatchObject({ exitCode: 5 });
    expect(await callInstance(instance(), 'ping', {})).toEqual(LIVE);
  });

  it('serves a second socket for everybody, which only reads', async () => {
    const readOnly = { path: join(folder, 'ro.sock'), mode: 0o666 };
    await start({}, { readOnly });
    expect(statSync(readOnly.path).mode & 0o777).toBe(0o666);
    const reader = { name: 'lab', socket: readOnly.path };
    expect(await callInstance(reader, 'show', { what: 'routes' })).toEqual(['routes']);
    await expect(callInstance(reader, 'stop', {})).rejects.toMatchObject({ exitCode: 4 });
    await expect(
      callInstance(reader, 'change', { words: ['igmp', 'leave', 'a', '239.1.1.1'] }),
    ).rejects.toThrow('only reads');
    await server?.close();
    expect(existsSync(readOnly.path)).toBe(false);
  });

  it('gives its socket to a group, and knows no group that is not there', async () => {
    await start({}, { group: String(process.getgid?.()) });
    expect(statSync(path).gid).toBe(process.getgid?.());
    await server?.close();
    await expect(start({}, { group: 'tp-no-such-group' })).rejects.toMatchObject({ exitCode: 3 });
  });

  it('replaces the socket of a process that is gone', async () => {
    await start();
    await server?.close();
    await leaveStaleSocket();
    expect(existsSync(path)).toBe(true);
    await start();
    expect(await callInstance(instance(), 'ping', {})).toEqual(LIVE);
  });

  it('leaves a socket alone on which somebody answers', async () => {
    await start();
    const second = startControlServer({ path, mode: 0o600, methods: methods(), log: SILENT });
    await expect(second).rejects.toMatchObject({ exitCode: 6 });
    expect(await callInstance(instance(), 'ping', {})).toEqual(LIVE);
  });

  it('leaves a file alone that is no socket', async () => {
    path = join(folder, 'file');
    writeFileSync(path, 'mine');
    await expect(start()).rejects.toMatchObject({ exitCode: 6 });
    expect(existsSync(path)).toBe(true);
  });

  it('follows no link to where a socket would be made', async () => {
    path = join(folder, 'link');
    symlinkSync(join(folder, 'elsewhere'), path);
    await expect(start()).rejects.toMatchObject({ exitCode: 6 });
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });

  it('leaves in the end what somebody else has put in the place of its socket', async () => {
    await start();
    unlinkSync(path);
    writeFileSync(path, 'mine');
    await server?.close();
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(join(path, '..'))).toEqual(['lab.sock']);
  });

  it.skipIf(process.getuid?.() !== 0)('leaves the dead socket of another user alone', async () => {
    await start();
    await server?.close();
    await leaveStaleSocket();
    chownSync(path, NOBODY, NOBODY);
    await expect(start()).rejects.toThrow(/the socket of another user/);
    expect(existsSync(path)).toBe(true);
  });

  it('takes paths as long as the kernel does, and says so of longer ones', async () => {
    path = join(folder, 'x'.repeat(107 - folder.length - 1));
    await start();
    expect(await callInstance(instance(), 'ping', {})).toEqual(LIVE);
    path += 'x';
    await expect(startControlServer({ path, mode: 0o600, methods: methods(), log: SILENT })).rejects.toThrow(
      /longer than 107/,
    );
  });

  it('refuses a path that the kernel would cut', async () => {
    path = join(folder, 'x'.repeat(108));
    await expect(start()).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe('a call to an instance', () => {
  it('gives the answer of the method', async () => {
    await start();
    expect(await callInstance(instance(), 'show', { what: 'routes' })).toEqual(['routes']);
  });

  it('carries a failure with its exit code and its fix', async () => {
    await start({
      show: () => {
        throw new Failure(7, 'not applied', 'try again');
      },
    });
    const call = callInstance(instance(), 'show', { what: 'routes' });
    await expect(call).rejects.toMatchObject({ exitCode: 7, message: 'not applied', fix: 'try again' });
  });

  it('names the words there are where it does not know one', async () => {
    await start();
    const call = callInstance(instance(), 'show', { what: 'weather' as 'routes' });
    await expect(call).rejects.toMatchObject({ exitCode: 2, fix: expect.stringContaining('routes') });
  });

  it('says how to clean up where nobody is there', async () => {
    await expect(callInstance(instance(), 'ping', {})).rejects.toMatchObject({
      exitCode: 5,
      fix: expect.stringContaining('down lab --force'),
    });
  });

  it('does not wait for ever', async () => {
    await start({ ping: () => new Promise(() => {}) });
    await expect(callInstance(instance(), 'ping', {}, 50)).rejects.toMatchObject({ exitCode: 8 });
  });

  it('says so where the instance goes away before it answers', async () => {
    await start({
      stop: () => new Promise(() => void setTimeout(() => void server?.close(), 10)),
    });
    await expect(callInstance(instance(), 'stop', {})).rejects.toMatchObject({ exitCode: 5 });
  });

  it.each([
    ['as a whole', () => ['x'.repeat(4_000_000)]],
    ['in pieces', () => new Rows(() => Array.from({ length: 4000 }, () => 'x'.repeat(1000)))],
  ])(
    'ends the connection of a client that leaves an answer unread, %s, and says nothing',
    async (_, show) => {
      const { setTimeout: wait } = globalThis;
      const sooner = vi
        .spyOn(globalThis, 'setTimeout')
        .mockImplementation(((action: () => void, after = 0) =>
          wait(action, after < 10_000 ? after : 200)) as typeof setTimeout);
      const said: string[] = [];
      const log = { ...SILENT, error: (message: string) => void said.push(message) };
      try {
        await start({ show: show as unknown as ControlMethods['show'] }, { log });
        const client = connect(path);
        client.write('{"jsonrpc":"2.0","id":1,"method":"show","params":{"what":"routes"}}\n');
        await once(client, 'connect');
        client.pause();
        await new Promise((resolve) => setTimeout(resolve, 400));
        // What the kernel holds is still there; then the end.
        client.resume();
        await once(client, 'close');
        expect(said).toEqual([]);
      } finally {
        sooner.mockRestore();
      }
    },
  );
});

/** A socket file without a listener, as a killed process leaves it. */
const leaveStaleSocket = async (): Promise<void> => {
  const { execFileSync } = await import('node:child_process');
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`;
  try {
    execFileSync(process.execPath, ['-e', program], { stdio: 'ignore' });
  } catch {
    // Killed, as it should be.
  }
};
