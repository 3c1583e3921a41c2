import type { Configuration } from '../../../src/config/configuration.js';
import { Lab, type LabEnvironment } from '../../../src/lab/lab.js';
import { type VirtualHost, VirtualLab, type VirtualLabOptions } from '../../../src/lab/virtual-lab.js';
import { type Parcel, parcelOf } from '../../../src/parcel.js';
import { seededRandom } from '../../../src/random.js';
import type { Router } from '../../../src/router/router.js';
import { type Duration, type Instant, START } from '../../../src/time.js';
import type { Output } from '../case.js';
import { hostOf, linkOf, PORTS, type PortNumber } from '../topology.js';
import { routerOf } from './dut.js';

/** The router of a case on memory links in virtual time: octets in and out on four ports, and the router itself. */
export class VirtualRouter {
  readonly #virtual: VirtualLab;

  constructor(configuration: Configuration, options: VirtualLabOptions = {}) {
    this.#virtual = new VirtualLab(configuration, options);
  }

  get lab(): Lab {
    return this.#virtual.lab;
  }

  get router(): Router {
    return routerOf(this.lab);
  }

  get now(): Instant {
    return this.#virtual.now;
  }

  host(port: PortNumber): VirtualHost {
    return this.#virtual.host(hostOf(port), linkOf(port));
  }

  /** What came out of all ports since the last time, port by port. */
  take(): Output[] {
    return PORTS.flatMap((on) =>
      this.host(on)
        .take()
        .map((octets) => ({ on, octets, at: this.now })),
    );
  }

  advance(wait: Duration): void {
    this.#virtual.advance(wait);
  }

  setMtu(port: PortNumber, mtu: number): void {
    this.lab.setMtu(linkOf(port), mtu, this.now);
  }
}

/** The same lab in a moment that stands still; `out` is where what comes out of a port goes. Says where octets go in. */
export const stillLab = (
  configuration: Configuration,
  out: (port: PortNumber, parcel: Parcel, now: Instant) => void,
  allocate?: NonNullable<LabEnvironment['allocate']>,
): { readonly lab: Lab; receive(on: PortNumber, octets: Uint8Array): void } => {
  const lab = new Lab(configuration, {
    random: seededRandom(1),
    now: START,
    ...(allocate === undefined ? {} : { allocate }),
  });
  const inputs = PORTS.map((port) =>
    lab.connect(
      hostOf(port),
      linkOf(port),
      { isUp: () => true, take: (parcel, now) => out(port, parcel, now) },
      START,
    ),
  );
  return { lab, receive: (on, octets) => inputs[on]!.entrance.take(parcelOf(octets), START) };
};
