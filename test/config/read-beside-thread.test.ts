import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { piecesOf } from '../../src/config/in-transit.js';
import { readAgain } from '../../src/config/read-again.js';
import { readBeside, type Told, type ToRead } from '../../src/config/read-beside.js';
import { Failure } from '../../src/failure.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-thread-'));
afterAll(() => rmSync(folder, { recursive: true }));
const FILE = join(folder, 'lab.yaml');
writeFileSync(FILE, 'version: 1\nlinks: { red: {} }\n');
const WANTED = { file: FILE, isColored: false, isQuiet: false };
/** What is read in the event loop, from the file; a thread of these tests says something else. */
const FROM_FILE = readAgain(WANTED, []);

/** Reads beside a thread that does what it is told to, as soon as somebody waits for it. */
const beside = async (
  act: (thread: EventEmitter, tell: (told: Told) => void) => void,
  {
    turn = async () => {},
    clock,
  }: { readonly turn?: () => Promise<void>; readonly clock?: () => number } = {},
) => {
  let near: ToRead['port'] | undefined;
  const start = (toRead: ToRead) => {
    near = toRead.port;
    const thread = new EventEmitter();
    queueMicrotask(() => act(thread, (told) => toRead.port.postMessage(told)));
    return thread;
  };
  const closed = () => new Promise<void>((resolve) => near!.once('close', resolve));
  const means = clock === undefined ? { start } : { start, clock };
  return { result: await readBeside(WANTED, [], turn, means), closed };
};
const withCode = (code: string): Error => Object.assign(new Error('the thread failed'), { code });
const MEMORY = withCode('ERR_WORKER_OUT_OF_MEMORY');

describe('what is read in a thread', () => {
  it('is what the thread tells, and nobody listens to it any more', async () => {
    const { result, closed } = await beside((thread, tell) => {
      thread.emit('online');
      for (const piece of piecesOf({ told: 'by the thread' }, [])) tell({ piece });
      thread.emit('exit', 0);
    });
    expect(result).toEqual({ told: 'by the thread' });
    await closed();
  });

  it('is taken in for half a millisecond at a time', async () => {
    let [reads, turns] = [0, 0];
    const value = Array.from({ length: 10 }, () => 'x'.repeat(20_000));
    // One that begins, one that ends, and one for each text.
    const pieces = [...piecesOf(value, [])];
    expect(pieces.length).toBe(12);
    const { result } = await beside(
      (thread, tell) => {
        for (const piece of pieces) tell({ piece });
        thread.emit('exit', 0);
      },
      {
        turn: async () => {
          turns += 1;
        },
        // A quarter goes by with each piece, and with each turn.
        clock: () => 0.25 * reads++,
      },
    );
    expect(result).toEqual(value);
    expect([turns, reads]).toEqual([6, 1 + 12 + 6]);
  });

  it('fails as it failed in the thread', async () => {
    const failure = { exitCode: 3, message: 'there is no such file', fix: 'look for it' } as const;
    const failed = beside((thread, tell) => {
      tell({ failure });
      thread.emit('exit', 0);
    });
    await expect(failed).rejects.toMatchObject({ name: 'Failure', ...failure });
    const broken = beside((thread, tell) => {
      tell({ error: new RangeError('out of range') });
      thread.emit('exit', 0);
    });
    await expect(broken).rejects.toMatchObject({ name: 'RangeError', message: 'out of range' });
  });

  it('is not read in the event loop where it takes too much memory, for it would take that there', async () => {
    const failed = beside((thread) => {
      thread.emit('online');
      thread.emit('error', MEMORY);
      thread.emit('exit', 1);
    });
    await expect(failed).rejects.toThrow(Failure);
    await expect(failed).rejects.toMatchObject({
      exitCode: 7,
      message: `there is not enough memory to read ${FILE}`,
    });
  });
});

describe('a file is read in the event loop', () => {
  it.each<[title: string, act: (thread: EventEmitter) => void]>([
    ['there is no memory for a thread', (thread) => thread.emit('error', MEMORY)],
    ['the thread cannot be started', (thread) => thread.emit('error', withCode('ERR_MODULE_NOT_FOUND'))],
    [
      'the thread fails',
      (thread) => {
        thread.emit('online');
        thread.emit('error', withCode('ERR_SOMETHING'));
      },
    ],
    [
      'the thread is ended',
      (thread) => {
        thread.emit('online');
        thread.emit('exit', 1);
      },
    ],
  ])('where %s', async (_, act) => {
    expect((await beside(act)).result).toStrictEqual(FROM_FILE);
  });

  it('where no thread can be made', async () => {
    const start = () => {
      throw new Error('no threads here');
    };
    expect(await readBeside(WANTED, [], async () => {}, { start })).toStrictEqual(FROM_FILE);
  });
});
