import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Log } from '../../src/observe/log.js';
import { ServiceManager, supervisionOf } from '../../src/runtime/service-manager.js';
import { duration } from '../../src/time.js';
import { EAGAIN } from '../../src/tun/descriptor.js';

const ENOENT = 2;

/** A manager whose socket says what the test wants, and what it was told. */
const reached = async (answer: () => number = () => 0) => {
  const told: string[] = [];
  const warnings: string[] = [];
  const log: Log = { fatal() {}, error() {}, warn: (text) => warnings.push(text), info() {}, debug() {} };
  const supervision = { socket: '/run/notify', patience: duration(10_000) };
  const manager = await ServiceManager.reach(supervision, log, async () => (socket, message) => {
    const errno = answer();
    expect(socket).toBe('/run/notify');
    if (errno === 0) told.push(new TextDecoder().decode(message));
    return errno;
  });
  return { manager: manager!, told, warnings };
};

describe('who supervises this process', () => {
  it('is read once, and then no longer in the environment', () => {
    const environment = {
      PATH: '/bin',
      NOTIFY_SOCKET: '@here',
      WATCHDOG_USEC: '10000000',
      WATCHDOG_PID: String(process.pid),
    };
    expect(supervisionOf(environment)).toEqual({ socket: '@here', patience: 10_000 });
    expect(environment).toEqual({ PATH: '/bin' });
    expect(supervisionOf(environment)).toBeUndefined();
  });

  it.each([
    ['nobody', {}, undefined],
    ['nobody, but another process is watched', { WATCHDOG_USEC: '1000' }, undefined],
    ['nobody, by an empty name', { NOTIFY_SOCKET: '' }, undefined],
    ['somebody who does not watch it', { NOTIFY_SOCKET: '/n' }, { socket: '/n' }],
    [
      'somebody who watches another process',
      { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' },
      { socket: '/n' },
    ],
    ['somebody who watches in vain', { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: 'x' }, { socket: '/n' }],
  ])('is %s', (_, environment, supervision) => {
    expect(supervisionOf({ ...environment })).toEqual(supervision);
    expect(supervisionOf({ ...environment })?.patience).toBeUndefined();
  });
});

describe('a service manager', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is not reached, and nothing is loaded, where there is none', async () => {
    const load = vi.fn(async () => undefined);
    const { warnings } = await reached();
    expect(await ServiceManager.reach(undefined, { ...console, fatal() {} }, load)).toBeUndefined();
    expect(load).not.toHaveBeenCalled();
    expect(warnings).toEqual([]);
  });

  it('hears from one end to the other, a message at a time', async () => {
    const { manager, told } = await reached();
    expect(manager.heartbeat).toBe(5000);
    manager.status('starting');
    manager.ready('well');
    manager.reloading();
    manager.ready('well again');
    manager.isAlive();
    manager.stopping('SIGTERM');
    manager.ready('too late');
    manager.reloading();
    expect(told).toEqual([
      'STATUS=starting',
      'READY=1\nSTATUS=well',
      expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
      'READY=1\nSTATUS=well again',
      'WATCHDOG=1',
      'STOPPING=1\nSTATUS=stopping: SIGTERM',
    ]);
  });

  it('is told a status in one line, however it came', async () => {
    const { manager, told } = await reached();
    manager.status(`a\nREADY=1\u001b[31m${'x'.repeat(5000)}`);
    expect(told[0]).toMatch(/^STATUS=a READY=1 \[31mx+$/);
    expect(told[0]!.length).toBeLessThan(400);
  });

  it('hears all, and in order, when its queue was full', async () => {
    let errno = EAGAIN;
    const { manager, told, warnings } = await reached(() => errno);
    manager.status('one');
    manager.ready('two');
    manager.isAlive();
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual([]);
    errno = 0;
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual(['STATUS=one', 'READY=1\nSTATUS=two']);
    manager.isAlive();
    expect(told).toHaveLength(3);
    expect(warnings).toEqual([]);
  });

  it('who has gone is warned of once, and holds nothing up', async () => {
    const { manager, warnings } = await reached(() => ENOENT);
    for (let round = 0; round < 3; round++) manager.status('anybody?');
    manager.isAlive();
    expect(warnings).toEqual(['the service manager cannot be told how this lab is doing']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('who never reads is given up in the end', async () => {
    const { manager, warnings } = await reached(() => EAGAIN);
    manager.ready('well');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(warnings).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
