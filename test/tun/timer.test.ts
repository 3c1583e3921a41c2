import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Instant, instant } from '../../src/time.js';
import { koffiTimers } from '../../src/tun/koffi-timer.js';
import { monotonicNanoseconds } from '../../src/tun/monotonic-clock.js';
import { nativeTimers } from '../../src/tun/native-timer.js';
import { loadTimers } from '../../src/tun/open-timer.js';
import { openTimeoutTimer } from '../../src/tun/timeout-timer.js';
import type { OpenTimer, Timer } from '../../src/tun/timer.js';
import { run, until } from '../support/kernel.js';

const BACKENDS = ['native', 'koffi', 'setTimeout'] as const;
type Backend = (typeof BACKENDS)[number];

/** Longer than any of the timers here that should ring; what should not has this time to do so. */
const QUIET = 30;

const timersOf = async (backend: Backend): Promise<OpenTimer> =>
  backend === 'setTimeout' ? openTimeoutTimer : backend === 'native' ? nativeTimers() : koffiTimers();

const now = (): Instant => instant(performance.now());
const soon = (milliseconds: number): Instant => instant(performance.now() + milliseconds);
const pass = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A timer, and when it rang. */
const opened = async (backend: Backend): Promise<{ timer: Timer; rings: Instant[] }> => {
  const rings: Instant[] = [];
  const timer = (await timersOf(backend))(() => rings.push(now()));
  onTestFinished(() => timer.close());
  return { timer, rings };
};

describe.each(BACKENDS)('a timer by %s', (backend) => {
  it('rings once for each deadline, never before it', async () => {
    const { timer, rings } = await opened(backend);
    const deadlines: Instant[] = [];
    for (let round = 1; round <= 40; round++) {
      const deadline = soon((round * 0.37) % 2);
      deadlines.push(deadline);
      timer.arm(deadline);
      await until(() => rings.length === round, 5000, 'the ring');
    }
    await pass(QUIET);
    expect(rings).toHaveLength(40);
    expect(rings.filter((at, i) => at < deadlines[i]!)).toEqual([]);
  });

  it('rings at once where the deadline has passed', async () => {
    const { timer, rings } = await opened(backend);
    for (const [round, deadline] of [instant(-5), instant(0), soon(-1000)].entries()) {
      timer.arm(deadline);
      await until(() => rings.length === round + 1, 5000, 'the ring');
    }
  });

  it('forgets a deadline for another one', async () => {
    const { timer, rings } = await opened(backend);
    timer.arm(soon(1));
    timer.arm(soon(1e9));
    timer.arm(instant(Number.MAX_VALUE));
    await pass(QUIET);
    expect(rings).toEqual([]);
    timer.arm(soon(1));
    await until(() => rings.length === 1, 5000, 'the ring');
  });

  it('is quiet when it is disarmed, even where it is due', async () => {
    const { timer, rings } = await opened(backend);
    const deadline = soon(1);
    timer.arm(deadline);
    while (now() < deadline + 2);
    timer.disarm();
    await pass(QUIET);
    expect(rings).toEqual([]);
  });

  it('is quiet when it is closed, and cannot be armed again', async () => {
    const { timer, rings } = await opened(backend);
    timer.arm(soon(1));
    timer.close();
    timer.close();
    timer.arm(soon(1));
    await pass(QUIET);
    expect(rings).toEqual([]);
  });

  it('may be armed, disarmed and closed by its ring', async () => {
    const open = await timersOf(backend);
    let rings = 0;
    const timer: Timer = open(() => {
      rings++;
      if (rings < 3) timer.arm(soon(0.1));
      else timer.close();
    });
    onTestFinished(() => timer.close());
    timer.arm(soon(0.1));
    await until(() => rings === 3, 5000, 'three rings');
  });
});

describe('a timer that waits', () => {
  it('does so until the instant, and never for long', async () => {
    const { timer } = await opened('native');
    const waited = (until: Instant): number => {
      const begun = now();
      timer.wait!(until);
      expect(now()).toBeGreaterThanOrEqual(Math.min(until, begun + 1));
      return now() - begun;
    };
    for (let round = 0; round < 100; round++) waited(soon((round * 0.37) % 0.4));
    // The machine may be busy, so what counts is the least.
    const least = (until: () => Instant): number =>
      Math.min(...Array.from({ length: 20 }, () => waited(until())));
    expect(least(() => soon(0.2))).toBeLessThan(0.3);
    expect(least(() => soon(1e6))).toBeLessThan(1.1);
    expect(least(() => soon(-1))).toBeLessThan(0.05);
  });
});

describe('the clocks of a deadline', () => {
  it('are one, as near as they can be read', () => {
    const errors = Array.from({ length: 1000 }, () => {
      const before = process.hrtime.bigint();
      const said = monotonicNanoseconds(now());
      const later = process.hrtime.bigint();
      return { early: Number(before) - said, late: said - Number(later) };
    });
    // Never before the instant; and the gap between two readings is less than one of another pair of them.
    expect(errors.filter(({ early }) => early > 0)).toEqual([]);
    expect(Math.min(...errors.map(({ late }) => late))).toBeLessThan(1000);
  });
});

describe('the timers of a machine', () => {
  it.each([
    ['native', 'NativeTimer'],
    ['koffi', 'KoffiTimer'],
    ['tuntap2', 'TimeoutTimer'],
  ] as const)('are those of the back end: %s', async (backend, name) => {
    const timer = (await loadTimers([backend]))(() => {});
    onTestFinished(() => timer.close());
    expect(timer.constructor.name).toBe(name);
  });
});

/** As it is built. */
const compiled = fileURLToPath(new URL('../../dist', import.meta.url));

describe.each(['native', 'koffi', 'tuntap2'])(
  'a process with a timer by %s',
  { concurrent: true },
  (backend) => {
    const process = (then: string, rung = 'timer.close();') =>
      run('node', [
        '--input-type=module',
        '-e',
        `import { loadTimers } from '${compiled}/tun/open-timer.js';
       const open = await loadTimers(['${backend}']);
       const timer = open(() => {
         console.log('rang');
         ${rung}
       });
       ${then}`,
      ]);

    it('stays alive for one that is armed, until it is closed', async () => {
      expect(await process('timer.arm(performance.now() + 50);')).toEqual({
        code: 0,
        stdout: 'rang\n',
        stderr: '',
      });
    });

    // By koffi, a thread waits for it as long as it is open.
    if (backend !== 'koffi')
      it('ends once it has rung, though nobody closes it', async () => {
        expect(await process('timer.arm(performance.now() + 20);', '')).toEqual({
          code: 0,
          stdout: 'rang\n',
          stderr: '',
        });
      });

    it('ends once it is closed, whatever it was armed for', async () => {
      const { code, stdout, stderr } = await process(
        'timer.arm(performance.now() + 1e6); setTimeout(() => timer.close(), 20);',
      );
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
    });

    it('does nothing while it waits', async () => {
      const { stdout } = await process(`
      timer.arm(performance.now() + 1e6);
      const turns = () => performance.nodeTiming.uvMetricsInfo.loopCount;
      setTimeout(() => {
        const before = turns();
        setTimeout(() => {
          console.log(turns() - before);
          timer.close();
        }, 300);
      }, 50);`);
      // One or two for the timeout itself.
      expect(Number(stdout)).toBeLessThan(4);
    });
  },
);
