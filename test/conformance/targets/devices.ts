import type { LabLoop } from '../../../src/lab/loop.js';
import type { Arena } from '../../../src/tun/arena.js';
import type { openPort } from '../../../src/tun/open-port.js';
import { type Case, LONG, type Output, waitOf } from '../case.js';
import { configurationOf } from '../configuration.js';
import type { Target, TargetKind } from '../target.js';
import { hostOf, linkOf, mtuOf, PORTS, type PortNumber } from '../topology.js';
import { Agent, monotonic } from './agent.js';
import { announcements } from './announcements.js';
import { knownOf } from './dut.js';
import { EventList } from './event-list.js';
import { SharedPort } from './shared-port.js';

/** The parts of the built program that the devices are reached by. */
export interface Program {
  readonly LabLoop: typeof LabLoop;
  readonly Arena: typeof Arena;
  readonly openPort: typeof openPort;
}

/** What the devices are asked for; with `all`, what goes in has partial checksums, too. */
export type Offload = 'off' | 'all';

/** How long nothing comes out until nothing more is expected, in seconds. */
const QUIET = 0.012;
/** How long the kernel may take to tell of a device that changed, in milliseconds. */
const HEARD_OF = 60;
/** The machine has other things to do, too; in seconds. */
const TOLERANCE = 0.15;
/** The same after many seconds, for what is late in one step is late in all that follow. */
const TOLERANCE_LONG = 0.3;
/** So much later than it should a machine wakes that is too busy for this, in milliseconds. */
const BUSY = 50;
/** After which the hosts have announced themselves, in seconds. */
const ANNOUNCED = 0.015;
/** After which the first queries of all ports are out, where the case does not count from then on. */
const SETTLED = 0.1;
/** More than ever comes out: it is listened for as long as told. */
const ENDLESS = 1_000_000;

/**
 * Tunpike on real TUN devices: the program's own edge, a fresh router for each case over devices that stay.
 *
 * The hosts' side of the devices is a network namespace without addresses, so that its kernel says nothing; the
 * agent injects and captures there. One case at a time, but for those that take long, which get devices of their
 * own: others need not wait for them.
 */
export const devices = async (
  agentProgram: string,
  program: Program,
  offload: Offload,
): Promise<TargetKind & { close(): Promise<void> }> => {
  const shared = await Devices.open(agentProgram, program, offload);
  const prepare: TargetKind['prepare'] = async (each) => {
    if (waitOf(each) <= LONG) return await prepared(each, shared);
    const own = await Devices.open(agentProgram, program, offload);
    const target = await prepared(each, own);
    const close = async (): Promise<void> => {
      await target.close();
      await own.close();
    };
    return { ...target, close };
  };
  return { name: 'devices', prepare, close: () => shared.close() };
};

/** Puts a fresh lab on devices, whose hosts have announced themselves. */
const prepared = async (each: Case, on: Devices): Promise<Target> => {
  const { agent } = on;
  const isLong = waitOf(each) > LONG;
  const begun = monotonic();
  const observer = new EventList();
  const loop = await on.begin(each, observer);
  for (const said of announcements(each)) await agent.send(said.on, said.octets);
  let waiting: Output[] = [];
  let isBusy = false;
  const note = (outputs: readonly Output[]): void => {
    waiting.push(...outputs.map((output) => ({ ...output, at: output.at - begun })));
  };
  /** Listens meanwhile, so that the moment of each output is known. */
  const listen = async (seconds: number): Promise<void> => {
    const until = monotonic() + 1000 * seconds;
    const outputs = await agent.take(ENDLESS, 0, seconds);
    if (monotonic() - until > BUSY) isBusy = true;
    note(outputs);
  };
  await listen(settlingTime(each, isLong));
  if (each.fromStart !== true) waiting = [];
  return {
    ...knownOf(loop.lab, () => loop.readClock(), observer, isLong ? TOLERANCE_LONG : TOLERANCE),
    send: async (port, octets) => {
      await agent.send(port, octets);
    },
    wait: (time) => listen(time / 1000),
    take: async (atLeast) => {
      note(await agent.take(Math.max(0, atLeast - waiting.length), QUIET));
      return waiting.splice(0);
    },
    elapsed: () => monotonic() - begun,
    setUp: (port, isUp) => on.change(`link set ${linkOf(port)} ${isUp ? 'up' : 'down'}`),
    remove: (port) => on.change(`link del ${linkOf(port)}`),
    setMtu: (port, mtu) => on.change(`link set ${linkOf(port)} mtu ${mtu}`),
    wasBusy: () => isBusy,
    close: async () => loop.close(),
  };
};

/** In seconds. What takes long counts from when it begins in virtual time. */
const settlingTime = ({ settles }: Case, isLong: boolean): number => {
  if (settles === undefined) return ANNOUNCED;
  return isLong ? settles / 1000 : SETTLED;
};

/** Four TUN devices, which stay from case to case, and the agent at their other side. */
class Devices {
  readonly agent: Agent;
  readonly #program: Program;
  readonly #offload: Offload;
  readonly #arena: Arena;
  readonly #ports = new Map<PortNumber, SharedPort>();

  private constructor(agent: Agent, program: Program, offload: Offload) {
    this.agent = agent;
    this.#program = program;
    this.#offload = offload;
    this.#arena = new program.Arena();
  }

  static async open(agentProgram: string, program: Program, offload: Offload): Promise<Devices> {
    const mode = offload === 'off' ? 'hosts' : 'offload-hosts';
    const made = new Devices(await Agent.start(agentProgram, mode), program, offload);
    await made.#openMissing();
    return made;
  }

  /** A fresh lab, on devices as they are when nothing has happened. */
  async begin(each: Case, observer: EventList): Promise<LabLoop> {
    await this.#openMissing();
    await this.agent.tell({
      run: PORTS.map((port) => `link set ${linkOf(port)} mtu ${mtuOf(each.topology, port)} up`),
    });
    await this.agent.take(0, QUIET);
    const loop = new this.#program.LabLoop(configurationOf(each), this.#arena, observer);
    for (const [port, shared] of this.#ports) loop.connect(hostOf(port), linkOf(port), shared.lend());
    return loop;
  }

  /** A device changes, and the program has time to hear of it. */
  async change(command: string): Promise<void> {
    await this.agent.tell({ run: [command] });
    await new Promise((resolve) => setTimeout(resolve, HEARD_OF));
  }

  async close(): Promise<void> {
    for (const port of this.#ports.values()) port.close();
    await this.agent.stop();
  }

  async #openMissing(): Promise<void> {
    const missing = PORTS.filter((port) => this.#ports.get(port)?.isGone !== false);
    for (const port of missing) {
      const named = { device: linkOf(port), namespace: this.agent.namespace };
      const wanted = { ...named, persistent: false, offload: this.#offload };
      const opened = await this.#program.openPort(wanted, this.#arena);
      await this.agent.tell({ run: [`link set ${linkOf(port)} up`] });
      this.#ports.set(port, new SharedPort(opened));
    }
    if (missing.length > 0) await this.agent.tell({ capture: PORTS.map(linkOf) });
  }
}
