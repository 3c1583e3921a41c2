import type { Hop } from '../../src/hop.js';
import { eachDatagram } from '../../src/offload/segmentation.js';
import type { Parcel } from '../../src/parcel.js';
import { type Instant, START } from '../../src/time.js';
import type { PortListener } from '../../src/tun/port.js';

/** A hop and listener that keeps what it is told; only IPv4, because a kernel may say something in IPv6 by itself. */
export class Recorder implements PortListener, Hop {
  readonly datagrams: Uint8Array[] = [];
  readonly states: string[] = [];
  readonly mtus: number[] = [];
  readonly refusals: string[] = [];
  bursts = 0;

  take(parcel: Parcel): void {
    const allocate = (length: number): Uint8Array => new Uint8Array(length);
    eachDatagram(parcel, allocate, ({ octets }) => {
      if (octets[0]! >> 4 === 4) this.datagrams.push(new Uint8Array(octets));
    });
  }

  burstBegins(): Instant {
    return START;
  }

  waits(): void {}

  burstDone(): void {
    this.bursts++;
  }

  stateChanged(state: string): void {
    this.states.push(state);
  }

  offloadRefused(reason: string): void {
    this.refusals.push(reason);
  }

  mtuChanged(mtu: number): void {
    this.mtus.push(mtu);
  }
}
