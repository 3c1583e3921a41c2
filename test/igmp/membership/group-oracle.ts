import type { RecordType } from '../../../src/igmp/message.js';

/** What a router holds of one group, written down as the RFC's tables do: sets, and a timer for each source. */
export interface NaiveGroup {
  readonly mode: 'IN' | 'EX';
  /** When each source timer ends; X in EXCLUDE mode, A in INCLUDE mode. */
  readonly x: ReadonlyMap<number, number>;
  readonly y: ReadonlySet<number>;
  readonly groupTimer: number;
}

export const NOTHING: NaiveGroup = { mode: 'IN', x: new Map(), y: new Set(), groupTimer: 0 };

const GMI = 270_000;
const LMQT = 2000;

type Sources = ReadonlySet<number>;
const set = (from: Iterable<number>): Sources => new Set(from);
const plus = (a: Iterable<number>, b: Iterable<number>): Sources => set([...a, ...b]);
const minus = (a: Iterable<number>, b: Sources): Sources => set([...a].filter((each) => !b.has(each)));
const times = (a: Iterable<number>, b: Sources): Sources => set([...a].filter((each) => b.has(each)));

/** Timers of these sources: what is in `fresh` gets a new one, the rest keep theirs. */
const timers = (
  sources: Sources,
  before: ReadonlyMap<number, number>,
  fresh: Sources,
  until: number,
): Map<number, number> =>
  new Map([...sources].map((each) => [each, fresh.has(each) ? until : (before.get(each) ?? until)]));

/** RFC 9776 §6.4.1 and §6.4.2, line by line, with what is to be asked lowered as in §6.6.3. */
export const naiveRecord = (g: NaiveGroup, type: RecordType, r: Sources, now: number): NaiveGroup => {
  const X = set(g.x.keys());
  const Y = g.y;
  const gmi = now + GMI;
  const none = set([]);
  const line = `${g.mode} ${type}`;
  switch (line) {
    case 'IN is-in':
    case 'IN allow':
      return { ...g, x: timers(plus(X, r), g.x, r, gmi) };
    case 'IN is-ex':
      return { mode: 'EX', x: timers(times(X, r), g.x, none, 0), y: minus(r, X), groupTimer: gmi };
    case 'IN to-ex':
      return ask(
        { mode: 'EX', x: timers(times(X, r), g.x, none, 0), y: minus(r, X), groupTimer: gmi },
        times(X, r),
        false,
        now,
      );
    case 'IN block':
      return ask(g, times(X, r), false, now);
    case 'IN to-in':
      return ask({ ...g, x: timers(plus(X, r), g.x, r, gmi) }, minus(X, r), false, now);
    case 'EX is-in':
    case 'EX allow':
      return { ...g, x: timers(plus(X, r), g.x, r, gmi), y: minus(Y, r) };
    case 'EX is-ex':
      return {
        mode: 'EX',
        x: timers(minus(r, Y), g.x, minus(minus(r, X), Y), gmi),
        y: times(Y, r),
        groupTimer: gmi,
      };
    case 'EX to-ex': {
      const x = timers(minus(r, Y), g.x, minus(minus(r, X), Y), g.groupTimer);
      return ask({ mode: 'EX', x, y: times(Y, r), groupTimer: gmi }, minus(r, Y), false, now);
    }
    case 'EX block': {
      const x = timers(plus(X, minus(r, Y)), g.x, minus(minus(r, X), Y), g.groupTimer);
      return ask({ ...g, x }, minus(r, Y), false, now);
    }
    case 'EX to-in':
      return ask({ ...g, x: timers(plus(X, r), g.x, r, gmi), y: minus(Y, r) }, minus(X, r), true, now);
    default:
      throw new Error(line);
  }
};

/** RFC 9776 §6.6.1 and §6.6.3: timers are lowered to the last member query time, never raised. */
export const ask = (g: NaiveGroup, sources: Sources, group: boolean, now: number): NaiveGroup => ({
  ...g,
  x: new Map(
    [...g.x].map(([each, until]) => [each, sources.has(each) ? Math.min(until, now + LMQT) : until]),
  ),
  groupTimer: group ? Math.min(g.groupTimer, now + LMQT) : g.groupTimer,
});

/** RFC 9776 §6.3 and §6.5: what is left when the clock has come this far. */
export const naiveTime = (g: NaiveGroup, now: number): NaiveGroup => {
  const running = new Map([...g.x].filter(([, until]) => until > now));
  if (g.mode === 'IN') return { ...g, x: running };
  if (g.groupTimer > now) {
    const ended = [...g.x.keys()].filter((each) => !running.has(each));
    return { ...g, x: running, y: plus(g.y, ended) };
  }
  // What ends later than the group timer goes on in INCLUDE mode.
  const left = new Map([...g.x].filter(([, until]) => until > g.groupTimer && until > now));
  return { mode: 'IN', x: left, y: new Set(), groupTimer: 0 };
};

export const naiveForwards = (g: NaiveGroup, source: number): boolean =>
  g.mode === 'IN' ? g.x.has(source) : !g.y.has(source);
