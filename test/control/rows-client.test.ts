import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askForRows } from '../../src/control/rows-client.js';

const HEAD = '{"jsonrpc":"2.0","id":1,"result":';

let folder: string;
let socket: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tprows-'));
  socket = join(folder, 'lab.sock');
});

afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A lab that answers in its own way. */
const answering = (answer: (client: Socket) => unknown): Promise<void> =>
  new Promise((resolve) => {
    server = createServer((client) => {
      client.on('error', () => {});
      client.once('data', () => answer(client));
    }).listen(socket, () => resolve());
  });

const asked = (patience = 5000) => askForRows({ name: 'lab', socket }, { what: 'changes' }, patience);

const all = async (patience?: number): Promise<unknown[]> => {
  const rows: unknown[] = [];
  for await (const some of asked(patience)) rows.push(...some);
  return rows;
};

describe('the rows of an answer', () => {
  it('are there before the answer has ended', async () => {
    let end: (() => void) | undefined;
    await answering((client) => {
      client.write(`${HEAD}["one","two`);
      end = () => client.write('"]}\n');
    });
    const rows = asked();
    expect(await rows.next()).toEqual({ done: false, value: ['one'] });
    end?.();
    expect(await rows.next()).toEqual({ done: false, value: ['two'] });
    expect((await rows.next()).done).toBe(true);
  });

  it('end with a failure that says so where the lab goes away between them', async () => {
    await answering((client) => client.end(`${HEAD}["one","two"`));
    const rows = asked();
    expect((await rows.next()).value).toEqual(['one']);
    await expect(rows.next()).rejects.toMatchObject({
      exitCode: 5,
      message: 'lab went away before it had answered all',
    });
  });

  it('are none where it goes away at once, fails, or answers with something else', async () => {
    await answering((client) => client.end());
    await expect(all()).rejects.toMatchObject({ exitCode: 5, message: 'lab went away before it answered' });
    server?.close();
    const error = { code: -32000, message: 'no', data: { exitCode: 7, fix: 'yes' } };
    await answering((client) => client.end(`${JSON.stringify({ jsonrpc: '2.0', id: 1, error })}\n`));
    await expect(all()).rejects.toMatchObject({ exitCode: 7, message: 'no', fix: 'yes' });
    server?.close();
    await answering((client) => client.end(`${HEAD}{"rows":[1]}}\n`));
    await expect(all()).rejects.toMatchObject({ exitCode: 2 });
  });

  it('may take longer than the patience, which is for each piece', async () => {
    await answering(async (client) => {
      client.write(`${HEAD}["0"`);
      for (let each = 1; each < 6; each += 1) {
        await pause(200);
        client.write(`,"${each}"`);
      }
      client.write(']}\n');
    });
    expect(await all(600)).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('are waited for no longer than that', async () => {
    await answering((client) => client.write(`${HEAD}["one",`));
    await expect(all(100)).rejects.toMatchObject({ exitCode: 8, message: 'lab sent no more within 0.1 s' });
    server?.close();
    await answering(() => {});
    await expect(all(100)).rejects.toMatchObject({ exitCode: 8, message: 'lab did not answer within 0.1 s' });
  });

  it('do not run out of patience while their reader takes his time', async () => {
    await answering((client) => {
      client.write(`${HEAD}["one",`);
      setTimeout(() => client.write('"two"]}\n'), 50);
    });
    const rows = asked(200);
    await rows.next();
    // Held up as a whole, as by a write that waits.
    const until = performance.now() + 300;
    while (performance.now() < until);
    await pause(300);
    expect((await rows.next()).value).toEqual(['two']);
    await rows.return();
  });
});
