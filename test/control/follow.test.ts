import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureFrom } from '../../src/control/capture-stream.js';
import { callInstance } from '../../src/control/client.js';
import { followInstance } from '../../src/control/follow.js';
import { PARAMETERS } from '../../src/control/parameters.js';
import type { ControlMethods } from '../../src/control/protocol.js';
import { type ControlServer, startControlServer } from '../../src/control/server.js';
import type { Event } from '../../src/event.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import type { EventRecord } from '../../src/observe/event-record.js';
import { EventStream } from '../../src/observe/event-stream.js';
import { SILENT } from '../../src/observe/log.js';
import { wordsOf } from '../../src/runtime/services/match-words.js';
import { Monitors } from '../../src/runtime/services/monitor.js';
import { START } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { ONE_LINK } from '../support/topologies.js';

const virtual = new VirtualLab(configured(ONE_LINK));

const LIVE = { name: 'lab', pid: process.pid, version: '0.0.0' };
const WHEN = '2026-01-01T00:00:00.000Z';
const joined = (group: number): Event => ({
  type: 'igmp',
  time: START,
  interface: 'r1.red',
  event: 'join',
  group,
  source: null,
  reporter: null,
});

let folder: string;
let server: ControlServer;
let events: EventStream;
const instance = () => ({ name: 'lab', socket: join(folder, 'lab.sock') });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tpfollow-'));
  events = new EventStream();
  const monitors = new Monitors(
    () => WHEN,
    () => wordsOf(virtual.lab),
  );
  events.add(monitors);
  const others = Object.fromEntries(Object.keys(PARAMETERS).map((name) => [name, () => LIVE]));
  const methods = {
    ...others,
    monitor: (params, caller) => monitors.follow(params, caller, 'lab'),
    capture: (_, caller) => {
      const socket = caller.stream(
        () =>
          new Promise((resolve) =>
            setImmediate(() => socket.write(Buffer.from('the rest'), () => resolve())),
          ),
      );
      return { name: 'capture-1', lab: 'lab' };
    },
  } as ControlMethods;
  server = await startControlServer({ path: instance().socket, mode: 0o600, methods, log: SILENT });
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Follows, and gives what is heard; resolves once the lab has begun to tell. */
const follow = async (params: Parameters<typeof followInstance>[1]) => {
  const heard: EventRecord[] = [];
  const ending = new AbortController();
  let ended!: ReturnType<typeof followInstance>;
  await new Promise<void>((resolve, reject) => {
    const follower = { began: () => resolve(), event: (record: EventRecord) => void heard.push(record) };
    ended = followInstance(instance(), params, follower, ending.signal);
    ended.catch(reject);
  });
  return { heard, ended, end: () => ending.abort() };
};

describe('following a lab', () => {
  it('brings the events that were asked for, and no others', async () => {
    const { heard, end, ended } = await follow({ types: ['igmp'], match: 'interface=r1.red' });
    expect(events.wants('drop')).toBe(false);
    const elsewhere = joined(0xe8010101);
    events.notify({ ...elsewhere, interface: 'r1.blue' } as typeof elsewhere);
    events.notify(joined(0xef010101));
    await expect.poll(() => heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ time: WHEN, type: 'igmp', group: '239.1.1.1' });
    end();
    expect(await ended).toBe('aborted');
  });

  it('still sends the rest to who asks for no more', async () => {
    const stream = await captureFrom(instance(), {}, new AbortController().signal);
    stream.end();
    const pieces: Uint8Array[] = [];
    for await (const piece of stream.pieces) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('the rest');
  });

  it('costs nothing any more when the follower has gone', async () => {
    const { end } = await follow({});
    expect(events.wants('drop')).toBe(true);
    end();
    await expect.poll(() => events.wants('drop')).toBe(false);
  });

  it('serves several followers, and requests beside them', async () => {
    const [one, other] = [await follow({}), await follow({})];
    expect(await callInstance(instance(), 'ping', {})).toEqual(LIVE);
    events.notify(joined(0xef010101));
    await expect.poll(() => [one.heard.length, other.heard.length]).toEqual([1, 1]);
    one.end();
    other.end();
  });

  it('follows on one connection once', async () => {
    const socket = connect(instance().socket);
    let answers = '';
    socket.on('data', (text) => {
      answers += text;
    });
    socket.write('{"jsonrpc":"2.0","id":1,"method":"monitor"}\n'.repeat(1000));
    await expect.poll(() => answers.split('\n').length).toBe(1001);
    expect(answers.match(/"error"/g)).toHaveLength(999);
    events.notify(joined(0xef010101));
    await expect.poll(() => answers.match(/"method":"event"/g)).toHaveLength(1);
    socket.destroy();
  });

  it('outlives any number of newer connections', async () => {
    const { heard, end } = await follow({});
    for (let each = 0; each < 100; each += 1) await follow({}).catch(() => {});
    for (let each = 0; each < 100; each += 1) await callInstance(instance(), 'ping', {});
    events.notify(joined(0xef010101));
    await expect.poll(() => heard).toHaveLength(1);
    end();
  });

  it('tells a follower that does not read what it has missed, when it reads again', async () => {
    const socket = connect(instance().socket);
    socket.write('{"jsonrpc":"2.0","id":1,"method":"monitor"}\n');
    await once(socket, 'readable');
    const lines: { params?: { type: string; events?: number } }[] = [];
    const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
    const count = 100_000;
    for (let each = 0; each < count; each += 1) {
      events.notify(joined(0xef010101));
      if (each % 100 === 0) await turn();
    }
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece) => {
      text += piece;
    });
    await expect.poll(() => text).toContain('"type":"missed"');
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const line of text.split('\n')) if (line !== '') lines.push(JSON.parse(line));
    const told = lines.filter(({ params }) => params?.type === 'igmp').length;
    const missed = lines.reduce((sum, { params }) => sum + (params?.events ?? 0), 0);
    expect(told + missed).toBe(count);
    socket.destroy();
  });

  it('ends where the lab stops', async () => {
    const { ended } = await follow({});
    await server.close();
    expect(await ended).toBe('stopped');
  });

  it.each([
    [{ types: ['weather'] }, /weather/],
    [{ match: 'size' }, /KEY=VALUE/],
    [{ match: 'interface=r9.red' }, /no interface is called 'r9.red'/],
    [{ match: 'reason=tll-expired' }, /no reason is called 'tll-expired'/],
  ])('refuses %j', async (params, message) => {
    const call = follow(params as Parameters<typeof followInstance>[1]);
    await expect(call).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('says so where nobody is there', async () => {
    await server.close();
    await expect(follow({})).rejects.toMatchObject({ exitCode: 5 });
  });
});
