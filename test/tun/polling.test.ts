import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAddon } from '../../src/tun/addon.js';
import { run } from '../support/kernel.js';

const MICROSECOND = 1e3;
const MILLISECOND = 1e6;
const SECOND = 1e9;
const LONGEST = 100 * MICROSECOND;

/** The window of one loop, and a clock that only waiting moves. All in nanoseconds. */
class Loop {
  readonly #window = new Float64Array(5);
  now = SECOND;
  switches = 0;

  /** Waits so long, and gives how long it looks the next time. */
  wait(nanoseconds: number): number {
    this.now += nanoseconds;
    loadAddon().learnWindow(this.#window, this.now, nanoseconds, this.switches);
    return this.length;
  }

  get length(): number {
    return this.#window[0]!;
  }

  /** Has waited shortly so often that it looks as long as it ever does. */
  static eager(): Loop {
    const loop = new Loop();
    while (loop.wait(20 * MICROSECOND) < LONGEST);
    return loop;
  }
}

describe('how long the loop looks for work before it sleeps', () => {
  it('begins with not at all', () => {
    expect(new Loop().length).toBe(0);
    expect(new Loop().wait(SECOND)).toBe(0);
  });

  it('doubles with each wait that could have been looked through, up to 100 µs', () => {
    const loop = new Loop();
    const lengths = Array.from({ length: 6 }, () => loop.wait(100 * MICROSECOND) / MICROSECOND);
    expect(lengths).toEqual([6.25, 12.5, 25, 50, 100, 100]);
  });

  it('halves with each longer one, down to not at all', () => {
    const loop = Loop.eager();
    const lengths = Array.from({ length: 6 }, () => loop.wait(100.1 * MICROSECOND) / MICROSECOND);
    expect(lengths).toEqual([50, 25, 12.5, 6.25, 0, 0]);
  });

  it('never takes more than a ten-thousandth of the time of who has a datagram a second', () => {
    const loop = Loop.eager();
    let looked = 0;
    for (let second = 0; second < 10; second++) {
      looked += loop.length;
      loop.wait(SECOND);
    }
    expect(looked / (10 * SECOND)).toBeLessThan(1e-4);
    expect(loop.length).toBe(0);
  });

  it('stops where others take the processor, twice as long each time, up to a second', () => {
    const loop = Loop.eager();
    const pauses = [];
    for (let time = 0; time < 8; time++) {
      loop.wait(10 * MILLISECOND);
      loop.switches += 3;
      loop.wait(10 * MILLISECOND);
      const begun = loop.now;
      expect(loop.length).toBe(0);
      while (loop.wait(50 * MICROSECOND) === 0);
      pauses.push(Math.round((loop.now - begun) / MILLISECOND));
      while (loop.wait(50 * MICROSECOND) < LONGEST);
    }
    expect(pauses).toEqual([16, 31, 63, 125, 250, 500, 1000, 1000]);
  });

  it('forgets that others took the processor after a second without', () => {
    const loop = Loop.eager();
    for (const rest of [0, 0, 1.1 * SECOND]) {
      loop.wait(10 * MILLISECOND);
      loop.switches += 3;
      loop.wait(10 * MILLISECOND);
      while (loop.wait(50 * MICROSECOND) === 0);
      for (const end = loop.now + rest; loop.now < end; ) loop.wait(50 * MICROSECOND);
    }
    loop.wait(10 * MILLISECOND);
    loop.switches += 3;
    loop.wait(10 * MILLISECOND);
    const begun = loop.now;
    while (loop.wait(50 * MICROSECOND) === 0);
    expect(loop.now - begun).toBeLessThan(20 * MILLISECOND);
  });

  it('bears with a switch now and then', () => {
    const loop = Loop.eager();
    for (let i = 0; i < 100; i++) {
      loop.switches += 1;
      for (let waited = 0; waited < 20 * MILLISECOND; waited += 50 * MICROSECOND) loop.wait(50 * MICROSECOND);
      expect(loop.length).toBe(LONGEST);
    }
  });

  it('is 0 or between its bounds, whatever comes', () => {
    const wait = fc.tuple(fc.double({ min: 0, max: 2 * SECOND, noNaN: true }), fc.nat(5));
    fc.assert(
      fc.property(fc.array(wait, { maxLength: 50 }), (waits) => {
        const loop = new Loop();
        for (const [waited, switches] of waits) {
          loop.switches += switches;
          const before = loop.length;
          const length = loop.wait(waited);
          if (length !== 0) expect(length).toBeGreaterThanOrEqual(6.25 * MICROSECOND);
          expect(length).toBeLessThanOrEqual(LONGEST);
          if (waited > LONGEST) expect(length).toBeLessThanOrEqual(before);
        }
      }),
    );
  });
});

/** Sleeps and switches of a process with a timer of the kernel that rings so often, so many microseconds apart. */
interface Account {
  readonly sleeps: number;
  readonly switches: number;
}

/** What it costs a process by itself to wait for a timer, of the kernel's or of Node's. */
const account = async (polling: number, rings: number, apart: number): Promise<Account> => {
  const script = `
    const module = { exports: {} };
    process.dlopen(module, process.argv[1]);
    const addon = module.exports;
    const [polling, rings, apart] = process.argv.slice(2).map(Number);
    let left = rings;
    let before;
    const timer = addon.openTimer(ring);
    const arm = () => addon.setTimer(timer, Number(process.hrtime.bigint()) + apart * 1000);
    function ring() {
      if (--left > 0) return arm();
      const { voluntaryContextSwitches, involuntaryContextSwitches } = process.resourceUsage();
      addon.close(timer);
      console.log(JSON.stringify({
        sleeps: voluntaryContextSwitches - before.voluntaryContextSwitches,
        switches: involuntaryContextSwitches - before.involuntaryContextSwitches,
      }));
    }
    addon.setPolling(polling);
    setTimeout(() => { before = process.resourceUsage(); arm(); }, 20);
  `;
  const addon = fileURLToPath(
    new URL(`../../build/tun-${process.platform}-${process.arch}.node`, import.meta.url),
  );
  const words = ['-e', script, addon, polling, rings, apart].map(String);
  const { code, stdout, stderr } = await run(process.execPath, words, { timeout: 20_000 });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

describe('a loop that waits for something', () => {
  it('sleeps each time by interrupt, and never when it is busy', async () => {
    const rings = 300;
    expect((await account(0, rings, 500)).sleeps).toBeGreaterThan(rings / 2);
    expect((await account(2, rings, 500)).sleeps).toBeLessThan(rings / 4);
  });

  it('seldom sleeps by adapting where the waits are short, unless others want the processor', async () => {
    const rings = 1000;
    const { sleeps, switches } = await account(1, rings, 40);
    // Three in 10 ms are reason to sleep.
    if (switches < 3) expect(sleeps).toBeLessThan(rings / 2);
    expect((await account(1, 300, 500)).sleeps).toBeGreaterThan(150);
  });
});
