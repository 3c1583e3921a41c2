import { duration } from '../../../src/time.js';
import type { Case, Output } from '../case.js';
import { groupsFault } from '../igmp/groups.js';
import { isGeneralQuery, isQuery } from '../igmp/queries.js';
import { NotApplicable, type Target, type TargetKind } from '../target.js';
import { PORTS } from '../topology.js';
import { Agent, monotonic } from './agent.js';
import { bridgeOf, commandsOf, tapOf } from './bridge-commands.js';
import { partOnBridge } from './bridge-scope.js';
import { describeMdb, knownToBridge, type MdbEntry } from './mdb.js';

/** The machine has a few hundred other bridges to look after; in seconds. */
const TOLERANCE = 0.25;
/** The kernel's long timers may fire an eighth of their length late: that is how coarse its wheels are. */
const LATEST = 1 / 8;
/** Longer than the last member query interval, in seconds: so long it is listened for what should be there at once. */
const PATIENCE = 1.5;
/** Whom a bridge takes for the querier before there is one, or where it has no address. */
const UNSPECIFIED = '0.0.0.0';
/** Ample for what happens in the same moment, in milliseconds. */
const MOMENT = 40;
/** Where a case looks a millisecond before something happens, or after it, in milliseconds. */
const DISTANCE = 150;
/** Further behind its time than this a case does not send anything, in milliseconds. */
const LATE = DISTANCE + MOMENT;
/** More than ever comes out: it is listened for as long as told. */
const ENDLESS = 1_000_000;
/** So many are set up at a time, or those that run already would be late. */
const AT_ONCE = 2;

/** The querier of a Linux bridge: four bridges in a namespace for each case, each with a TAP device as its only port. */
export const bridge = (program: string): TargetKind => {
  const gate = new Gate(AT_ONCE);
  return {
    name: 'bridge',
    partOf: partOnBridge,
    prepare: async (each) => {
      const commands = commandsOf(each);
      const agent = await gate.pass(() => Agent.start(program, 'bridge', ...PORTS.map(tapOf)));
      try {
        const { error } = await gate.pass(() => agent.ask({ run: commands.ip }));
        if (error?.includes('Unknown device type')) throw new NotApplicable('this kernel has no bridges');
        if (error !== undefined) throw new Error(`the agent says: ${error}`);
        return await begun(agent, each, commands.bridge);
      } catch (error) {
        await agent.stop();
        throw error;
      }
    },
  };
};

const begun = async (agent: Agent, each: Case, entries: readonly string[]): Promise<Target> => {
  const asked = monotonic();
  await agent.tell({ run: PORTS.map((port) => `link set ${tapOf(port)} up`), bridge: entries });
  const outputs = await agent.take(ENDLESS, 0, 0.1);
  const first = outputs.find(({ on, octets }) => on === 0 && isGeneralQuery(octets));
  if (first === undefined && each.igmpOn?.[0] !== undefined) throw new Error('the bridge asked nobody');
  const clock = new CaseClock(first?.at ?? asked);
  const target = targetOf(agent, each, clock);
  if (each.fromStart === true) target.note(outputs);
  else {
    await target.wait(each.settles ?? duration(0));
    await target.take(0);
  }
  return target;
};

const targetOf = (
  agent: Agent,
  { leavesOut }: Case,
  clock: CaseClock,
): Target & { note(outputs: readonly Output[]): void } => {
  let waiting: Output[] = [];
  /** The kernel of the bridge speaks IGMP, too, as a host: only its queries are a querier's. */
  const counts = (octets: Uint8Array): boolean => isQuery(octets) && leavesOut?.(octets) !== true;
  const note = (outputs: readonly Output[]): void => {
    for (const output of outputs)
      if (counts(output.octets)) waiting.push({ ...output, at: clock.momentOf(output.at) - clock.lag });
  };
  const ip = async (command: string): Promise<void> => {
    await agent.tell({ run: [command] });
  };
  let isBusy = false;
  const listenUntil = async (moment: number): Promise<void> => {
    note(await agent.take(ENDLESS, 0, Math.max(0.002, (moment - monotonic()) / 1000)));
    if (monotonic() > moment + LATE) isBusy = true;
  };
  return {
    note,
    tolerance: TOLERANCE,
    // General queries follow each other from the start on; all else follows from what is sent.
    lateness: (due, { octets }, begun) => LATEST * (isGeneralQuery(octets) ? begun + due : due),
    dut: undefined,
    send: async (on, octets) => {
      if (clock.catchUp()) isBusy = true;
      clock.sent(await agent.send(on, octets));
    },
    wait: async (time) => listenUntil(clock.wait(time)),
    take: async (atLeast) => {
      await listenUntil(monotonic());
      const end = monotonic() + 1000 * Math.max(PATIENCE, (clock.elapsed / 1000) * LATEST);
      while (waiting.length < atLeast && monotonic() < end)
        note(await agent.take(1, 0, (end - monotonic()) / 1000));
      clock.catchUp();
      const taken = waiting;
      waiting = [];
      return taken;
    },
    elapsed: () => clock.elapsed,
    setUp: (port, isUp) => ip(`link set ${tapOf(port)} ${isUp ? 'up' : 'down'}`),
    remove: (port) => ip(`link del ${tapOf(port)}`),
    setMtu: (port, mtu) => ip(`link set ${tapOf(port)} mtu ${mtu}`),
    drops: () => undefined,
    groupsFault: async (port, wanted) => {
      const { mdb, at } = await agent.tell({ mdb: true });
      const entries = (mdb as { mdb: MdbEntry[] }[]).flatMap((each) => each.mdb);
      const past = (clock.momentOf(1000 * at!) - clock.lag - clock.elapsed) / 1000;
      const compared = (ending: number): string | undefined =>
        groupsFault(
          wanted.map(knownToBridge),
          describeMdb(entries, tapOf(port), past, ending),
          TOLERANCE + clock.behind / 1000,
        );
      // What is about to end may have ended already, and the other way about.
      return compared(TOLERANCE) && compared(0);
    },
    querierOf: async (port) => {
      // The kernel notes itself by another timer than that of its first query, in the same moment.
      for (const end = monotonic() + MOMENT; ; ) {
        const { querier } = await agent.tell({ querier: bridgeOf(port) });
        if (querier !== UNSPECIFIED || monotonic() > end) return querier ?? 'nobody';
      }
    },
    wasBusy: () => isBusy,
    bookFault: () => undefined,
    close: () => agent.stop(),
  };
};

/**
 * The time of a case, in milliseconds since its first query: the sum of what its steps wait, and not what they take.
 *
 * Where a step was listened to for longer, because something was late, the case's time stood still meanwhile.
 */
class CaseClock {
  readonly #zero: number;
  #elapsed = 0;
  #stood = 0;
  #lag = 0;

  constructor(zero: number) {
    this.#zero = zero;
  }

  get elapsed(): number {
    return this.#elapsed;
  }

  /** How long it has stood still. */
  get behind(): number {
    return this.#stood;
  }

  /** How long after its moment the last datagram was sent: what follows from it is as late. */
  get lag(): number {
    return this.#lag;
  }

  sent(moment: number | undefined): void {
    if (moment !== undefined) this.#lag = this.momentOf(moment) - this.#elapsed;
  }

  /** A moment of the machine's clock in the time of the case. */
  momentOf(moment: number): number {
    return moment - this.#zero - this.#stood;
  }

  /** Says until when to wait, by the machine's clock: well before or after what a case looks at to the millisecond. */
  wait(time: number): number {
    this.#elapsed += time;
    const rest = Math.round(time) % 10;
    const look = rest === 0 ? MOMENT : rest < 5 ? DISTANCE : -DISTANCE;
    return this.#zero + this.#stood + this.#elapsed + look;
  }

  /** What is done late is in time as the case sees it, or what follows would be late, too. Says whether it was. */
  catchUp(): boolean {
    const late = this.momentOf(monotonic()) - this.#elapsed;
    if (late <= LATE) return false;
    this.#stood += late;
    return true;
  }
}

/** Lets only so many work at a time. */
class Gate {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
