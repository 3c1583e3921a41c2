import { describe, expect, it } from 'vitest';
import type { ReloadResult } from '../../src/control/reload.js';
import type { Event } from '../../src/event.js';
import { Failure } from '../../src/failure.js';
import { SILENT } from '../../src/observe/log.js';
import { Reloads } from '../../src/runtime/reloads.js';
import { START } from '../../src/time.js';

const result = (options: Partial<ReloadResult> = {}): ReloadResult => ({
  name: 'lab',
  file: 'lab.yaml',
  isApplied: true,
  changes: [],
  problems: [],
  omitted: 0,
  report: [],
  ...options,
});

/** Reloads that end when the test says how. */
const reloading = () => {
  const begun: ((end: () => ReloadResult) => void)[] = [];
  const events: Event[] = [];
  let isStopping = false;
  const reloads = new Reloads({
    perform: () =>
      new Promise((resolve, reject) => {
        begun.push((end) => {
          try {
            resolve(end());
          } catch (error) {
            reject(error);
          }
        });
      }),
    isStopping: () => isStopping,
    log: SILENT,
    events: { wants: () => true, notify: (event) => events.push(event) },
    readClock: () => START,
    status: () => 'well',
  });
  return {
    reloads,
    begun,
    said: () => events.map((event) => (event.type === 'config' ? [event.event, event.message] : [])),
    stop: () => {
      isStopping = true;
    },
  };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the reloads of a lab', () => {
  it('tell of the first errors only, and how many more there are, and look at few others', async () => {
    const { reloads, begun, said } = reloading();
    const done = reloads.request();
    await turn();
    let looks = 0;
    const problems = Array.from({ length: 10_000 }, (_, at) => ({
      severity: at === 0 ? ('warning' as const) : ('error' as const),
      file: 'lab.yaml',
      line: at,
      column: 1,
      code: 'E-KEY',
      get message() {
        looks += 1;
        return 'wrong';
      },
    }));
    begun[0]!(() => result({ isApplied: false, problems: problems as never }));
    await done;
    const [[event, message]] = said() as [[string, string]];
    const lines = message.split('\n');
    expect([event, lines.length, lines[0], lines[20]]).toEqual([
      'refused',
      21,
      'lab.yaml:1:1: error[E-KEY]: wrong',
      '… and 9979 more',
    ]);
    expect(looks).toBeLessThan(30);
  });

  it('come one after the other, and each is an event', async () => {
    const { reloads, begun, said } = reloading();
    const [first, second] = [reloads.request(), reloads.request()];
    await turn();
    expect(begun).toHaveLength(1);
    begun[0]!(() => {
      throw new Failure(7, 'in the way');
    });
    await expect(first).rejects.toMatchObject({ exitCode: 7 });
    await turn();
    expect(reloads.hasLastSucceeded).toBe(false);
    begun[1]!(() => result());
    expect(await second).toEqual(result());
    expect(said()).toEqual([
      ['refused', 'in the way'],
      ['applied', null],
    ]);
    expect(reloads.hasLastSucceeded).toBe(true);
  });

  it('are one where several are asked for by whoever waits for no answer, before it begins', async () => {
    const { reloads, begun } = reloading();
    for (let i = 0; i < 5; i++) reloads.trigger();
    await turn();
    for (let i = 0; i < 5; i++) reloads.trigger();
    begun[0]!(() => result());
    await turn();
    await turn();
    expect(begun).toHaveLength(2);
    begun[1]!(() => result());
    await reloads.idle();
    expect(begun).toHaveLength(2);
  });

  it('are refused once the lab is stopping, which waits for the one that goes on', async () => {
    const { reloads, begun, said, stop } = reloading();
    const [first, second] = [reloads.request(), reloads.request()];
    await turn();
    stop();
    let isIdle = false;
    const idle = reloads.idle().then(() => {
      isIdle = true;
    });
    await turn();
    expect(isIdle).toBe(false);
    begun[0]!(() => result());
    expect(await first).toEqual(result());
    await expect(second).rejects.toMatchObject({ exitCode: 7 });
    await idle;
    expect(said().at(-1)).toEqual(['refused', expect.stringContaining('stopping')]);
  });

  it('tell of each error of a file, and of no more than twenty', async () => {
    const { reloads, begun, said } = reloading();
    const problem = {
      file: 'lab.yaml',
      line: 3,
      column: 5,
      code: 'E-KEY',
      path: '',
      message: 'what',
      fix: '',
    } as const;
    const problems = Array.from({ length: 30 }, () => ({ ...problem, severity: 'error' as const }));
    const refused = reloads.request();
    await turn();
    begun[0]!(() =>
      result({ isApplied: false, problems: [...problems, { ...problem, severity: 'warning' }] }),
    );
    await refused;
    const lines = String(said()[0]![1]).split('\n');
    expect(lines).toHaveLength(21);
    expect([lines[0], lines[20]]).toEqual(['lab.yaml:3:5: error[E-KEY]: what', '… and 10 more']);
  });
});
