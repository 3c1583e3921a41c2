import type { Configuration } from '../../../src/config/configuration.js';
import type { Observer } from '../../../src/event.js';
import type { LabLoop } from '../../../src/lab/loop.js';
import type { Arena } from '../../../src/tun/arena.js';
import type { openPort } from '../../../src/tun/open-port.js';
import type { Port, PortListener } from '../../../src/tun/port.js';
import type { PortNumber, Setup } from '../case.js';
import type { Target, TargetKind } from '../target.js';
import { configurationOf, hostOf, linkOf, mtuOf, PORTS } from '../topology.js';
import { Agent } from './agent.js';
import { announcements } from './announcement.js';
import { bookFaultOf, dropsOf } from './book.js';

/** The parts of the built program that the devices are reached by. */
export interface Program {
  readonly LabLoop: typeof LabLoop;
  readonly Arena: typeof Arena;
  readonly openPort: typeof openPort;
}

/** The devices, which stay from case to case. */
export interface Devices extends TargetKind {
  /** Puts a fresh lab on them, whose hosts have announced themselves. */
  begin(
    setup: Setup,
    configuration: Configuration,
    observer?: Observer,
  ): Promise<{ readonly loop: LabLoop; readonly target: Target; readonly agent: Agent }>;
  close(): Promise<void>;
}

/** How long nothing comes out until nothing more is expected, in seconds. */
const QUIET = 0.012;
/** How long the kernel may take to tell of a device that changed, in milliseconds. */
const HEARD_OF = 60;

/**
 * Tunpike on real TUN devices: the program's own edge, a fresh router for each case over devices that stay.
 *
 * The hosts' side of the devices is a network namespace without addresses, so that its kernel says nothing; the
 * agent injects and captures there. One case at a time.
 */
export const devices = async (
  agentProgram: string,
  { LabLoop, Arena, openPort }: Program,
): Promise<Devices> => {
  const agent = await Agent.start(agentProgram, 'hosts');
  const arena = new Arena();
  const shared = new Map<PortNumber, SharedPort>();
  const open = async (number: PortNumber): Promise<void> => {
    const port = await openPort(
      { device: linkOf(number), namespace: agent.namespace, persistent: false },
      arena,
    );
    await agent.tell({ run: [`link set ${linkOf(number)} up`] });
    shared.set(number, new SharedPort(port));
  };
  for (const number of PORTS) await open(number);
  await agent.tell({ capture: PORTS.map(linkOf) });
  const ip = (...run: string[]) => agent.tell({ run });
  /** A device changes, and the program has time to hear of it. */
  const change = async (command: string): Promise<void> => {
    await ip(command);
    await new Promise((resolve) => setTimeout(resolve, HEARD_OF));
  };

  const begin: Devices['begin'] = async (setup, configuration, observer) => {
    const gone = PORTS.filter((number) => shared.get(number)!.isGone);
    for (const number of gone) await open(number);
    if (gone.length > 0) await agent.tell({ capture: PORTS.map(linkOf) });
    await ip(...PORTS.map((port) => `link set ${linkOf(port)} mtu ${mtuOf(setup.topology, port)} up`));
    await agent.take(0, QUIET);
    const loop = new LabLoop(configuration, arena, observer);
    for (const number of PORTS) loop.connect(hostOf(number), linkOf(number), shared.get(number)!.lend());
    for (const { on, octets } of announcements(setup)) await agent.send(on, octets);
    const target: Target = {
      send: async (on, octets) => {
        await agent.send(on, octets);
      },
      wait: (time) => new Promise((resolve) => setTimeout(resolve, time)),
      take: (atLeast) => agent.take(atLeast, QUIET),
      setUp: (port, isUp) => change(`link set ${linkOf(port)} ${isUp ? 'up' : 'down'}`),
      remove: (port) => change(`link del ${linkOf(port)}`),
      setMtu: (port, mtu) => change(`link set ${linkOf(port)} mtu ${mtu}`),
      drops: () => dropsOf(loop.lab),
      bookFault: () => bookFaultOf(loop.lab),
      close: async () => loop.close(),
    };
    return { loop, target, agent };
  };

  return {
    name: 'devices',
    begin,
    prepare: async (each) => {
      const { target } = await begin(each, configurationOf(each));
      await target.take(0);
      return target;
    },
    close: async () => {
      for (const port of shared.values()) port.close();
      await agent.stop();
    },
  };
};

/** A port that stays open from case to case, and tells whoever has it at the moment. */
class SharedPort {
  readonly #port: Port;
  #listener: PortListener | undefined;
  #isGone = false;

  constructor(port: Port) {
    this.#port = port;
    port.start({
      receive: (datagram) => this.#listener?.receive(datagram),
      burstDone: () => this.#listener?.burstDone(),
      stateChanged: (state) => {
        if (state === 'gone') this.#isGone = true;
        this.#listener?.stateChanged(state);
      },
      mtuChanged: (mtu) => this.#listener?.mtuChanged(mtu),
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  lend(): Port {
    const port = this.#port;
    return {
      device: port.device,
      backend: port.backend,
      start: (listener) => {
        this.#listener = listener;
      },
      send: (datagram, refused) => port.send(datagram, refused),
      flush: (now) => port.flush(now),
      isUp: () => port.isUp(),
      persist: () => port.persist(),
      close: () => {
        this.#listener = undefined;
      },
    };
  }

  close(): void {
    this.#port.close();
  }
}
