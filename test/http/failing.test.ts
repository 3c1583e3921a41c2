import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Rows } from '../../src/control/rows.js';
import { Failure } from '../../src/failure.js';
import { type LogFields, SILENT } from '../../src/observe/log.js';
import { type Started, started } from './started.js';

const said: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
const log = {
  ...SILENT,
  error: (message: string, fields?: LogFields) => void said.push({ message, fields }),
};
let running: Started | undefined;

/** A server whose routes are made by `each`. */
const start = async (each: () => Iterable<unknown>): Promise<string> => {
  running = await started({ log, answer: () => new Rows(each) as never });
  return running.url;
};

beforeEach(() => {
  for (const method of ['error', 'warn', 'info', 'log'] as const)
    vi.spyOn(console, method).mockImplementation(() => {});
});

/** What went wrong is said in the log of the lab alone, which has its bounds. */
afterEach(async () => {
  await running?.server.close();
  for (const method of ['error', 'warn', 'info', 'log'] as const)
    expect(console[method]).not.toHaveBeenCalled();
  vi.restoreAllMocks();
  said.length = 0;
});

it('refuses what turns out to be wrong only as the first row is made', async () => {
  const url = await start(function* () {
    yield undefined;
    throw new Failure(2, 'x is no prefix', 'write one');
  });
  const response = await fetch(`${url}/api/routes`);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: 'x is no prefix', fix: 'write one' });
  expect((await fetch(`${url}/api/routes`, { method: 'HEAD' })).status).toBe(400);
  expect(said).toEqual([]);
});

it('says an internal error, and logs it, where nothing has left yet', async () => {
  const url = await start(() => {
    throw new Error('a defect');
  });
  const response = await fetch(`${url}/api/routes`);
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ error: 'internal error' });
  expect(said).toMatchObject([
    { message: 'an HTTP request failed', fields: { path: '/api/routes', reason: 'a defect' } },
  ]);
});

it('breaks off where half of an answer has left, and logs so at a limited rate', async () => {
  const url = await start(function* () {
    for (let row = 0; row < 5000; row += 1) yield { row };
    throw new Failure(2, 'too late');
  });
  for (let asked = 0; asked < 30; asked += 1) {
    const response = await fetch(`${url}/api/routes`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  }
  expect(said).toHaveLength(10);
  expect(said[0]).toMatchObject({ message: 'an HTTP request failed', fields: { reason: 'too late' } });
  expect((await fetch(`${url}/`)).status).toBe(200);
});

it('makes no more than the first rows for who asks for the head alone', async () => {
  let made = 0;
  const url = await start(function* () {
    for (; made < 100_000; made += 1) yield { made };
  });
  expect((await fetch(`${url}/api/routes`, { method: 'HEAD' })).status).toBe(200);
  expect(made).toBeLessThan(100_000);
});
