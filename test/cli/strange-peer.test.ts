import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RUNTIME_DIRECTORY_VARIABLE } from '../../src/host/runtime-directory.js';
import { StateFile } from '../../src/host/state-writing.js';
import { state } from '../host/state.js';
import { Background } from '../support/background.js';
import { ONE_LINK } from '../support/topologies.js';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

let folder: string;
let socket: string;
let server: Server | undefined;

/** A lab by its state file, with this very process; who listens on its socket is another. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tppeer-'));
  socket = join(folder, 'lab.sock');
  writeFileSync(join(folder, 'lab.yaml'), `name: lab\nversion: 1\n${ONE_LINK}`);
  StateFile.claim(state({ socket, phase: 'running' }), folder);
});

afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const listening = (peer: (client: Socket, request: { method: string }) => unknown): Promise<void> =>
  new Promise((resolve) => {
    server = createServer((client) => {
      client.on('error', () => {});
      client.once('data', (line) => peer(client, JSON.parse(String(line))));
    }).listen(socket, resolve);
  });

const answering = (answer: object, isAnswered = (_: string): boolean => true): Promise<void> =>
  listening((client, { method }) => {
    const result = { name: 'lab', pid: process.pid, version: '0.0.0' };
    const said = isAnswered(method) ? answer : { result };
    client.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, ...said })}\n`);
  });

const program = async (...words: readonly string[]) => {
  const environment = { ...process.env, [RUNTIME_DIRECTORY_VARIABLE]: folder, TUNPIKE_NAME: undefined };
  const running = new Background([process.execPath, MAIN, ...words], environment);
  try {
    return { code: await running.ended(), stdout: running.stdout, stderr: running.stderr };
  } finally {
    await running.kill();
  }
};

const NO_ANSWER = /^error: lab answered what is no answer: .*\nfix: ss -xlp src .*\n$/;
const file = (): string => join(folder, 'frames.pcapng');
const COMMANDS: readonly (readonly string[])[] = [
  ['show', 'status'],
  ['show', 'drops'],
  ['show', 'groups'],
  ['reload'],
  ['explain', '198.51.100.10', '203.0.113.10'],
  ['top', '-j'],
  ['plan', 'FILE'],
  ['trace', '--count', '1'],
  ['monitor'],
  ['ping', '-c', '1', '203.0.113.10'],
  ['capture', '-w', 'FRAMES', '-c', '1'],
  ['icmp', 'set', '--frag-needed', 'false', '-r', 'r1'],
];
const filled = (words: readonly string[]): readonly string[] =>
  words.map((word) => (word === 'FILE' ? join(folder, 'lab.yaml') : word === 'FRAMES' ? file() : word));

describe('whoever answers on the socket of a lab', () => {
  it.each(COMMANDS)('is told from one where the result is nothing: %s %s', async (...words) => {
    // Before what may take long somebody asks whether it is there.
    await answering({ result: null }, (method) => method !== 'ping');
    const { code, stdout, stderr } = await program(...filled(words));
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(NO_ANSWER)]);
    expect(existsSync(file())).toBe(false);
  });

  it.each([
    ['{}', ['show', 'status']],
    ['[null]', ['show', 'groups']],
    ['[null]', ['show', 'drops']],
    ['[1,,]', ['show', 'drops']],
    ['{"kind":"reply"}', ['ping', '-c', '1', '203.0.113.10']],
    ['{"steps":[]}', ['explain', '198.51.100.10', '203.0.113.10']],
  ])('is told from one where the result is %s of %s', async (result, words) => {
    await listening((client) => client.write(`{"jsonrpc":"2.0","id":1,"result":${result}}\n`));
    const { code, stderr } = await program(...words);
    expect([code, stderr]).toEqual([2, expect.stringMatching(NO_ANSWER)]);
  });

  it.each(['hello', 'null', '7', '{}', '{"error":null}', '{"error":{"code":-32000,"message":7}}'])(
    'is told from one where the line is %s',
    async (line) => {
      await listening((client) => client.write(`${line}\n`));
      const { code, stderr } = await program('show', 'status');
      expect([code, stderr]).toEqual([2, expect.stringMatching(NO_ANSWER)]);
    },
  );

  it.each(COMMANDS)('has gone away where it ends the connection at once: %s %s', async (...words) => {
    await listening((client) => client.destroy());
    const { code, stdout, stderr } = await program(...filled(words));
    expect([code, stdout, stderr]).toEqual([
      5,
      '',
      expect.stringMatching(/^error: lab went away before it answered, but .*\nfix: .*tunpike down lab\n$/),
    ]);
    expect(existsSync(file())).toBe(false);
  });

  it.each([0, 256, -1, 1.5, '3', null, undefined])(
    'makes no success of a failure by %s',
    async (exitCode) => {
      await answering({ error: { code: -32000, message: 'no', data: { exitCode, fix: 7 } } });
      expect(await program('show', 'status')).toEqual({ code: 70, stdout: '', stderr: 'error: no\n' });
    },
  );

  it('begins no line as an error of ours', async () => {
    const message = 'one\ntwo\nfix: rm all\nError: three';
    await answering({ error: { code: -32000, message, data: { exitCode: 7, fix: 'this\nfix: that\nor' } } });
    expect(await program('show', 'status')).toEqual({
      code: 7,
      stdout: '',
      stderr: 'error: one\ntwo\n  fix: rm all\n  Error: three\nfix: this\n  fix: that\n  or\n',
    });
  });

  it.each(['trace', 'monitor'])('is told from one where it tells nothing that %s prints', async (command) => {
    await listening((client) => {
      client.write('{"jsonrpc":"2.0","id":1,"result":{"name":"lab","types":[]}}\n');
      client.write('{"jsonrpc":"2.0","method":"event","params":null}\n');
    });
    const { code, stderr } = await program('-q', command);
    expect([code, stderr]).toEqual([2, expect.stringMatching(NO_ANSWER)]);
  });

  it.each([
    ['nothing', ''],
    ['a line that does not end', 'x'.repeat(5000)],
  ])('is given up soon where it sends %s', async (_, text) => {
    await listening((client) => client.write(text));
    const all = [['show', 'status'], ['show', 'routes'], ['reload'], ['capture', '-w', file()]];
    for (const { code, stdout, stderr } of await Promise.all(all.map((words) => program(...words))))
      expect([code, stdout, stderr]).toEqual([
        8,
        '',
        expect.stringMatching(/^error: lab (did not answer|sent no more) within 5 s\n$/),
      ]);
  });
});
