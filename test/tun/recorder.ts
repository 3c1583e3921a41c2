import type { PortListener } from '../../src/tun/port.js';

/** A listener that keeps what it is told; only IPv4, because a kernel may say something in IPv6 by itself. */
export class Recorder implements PortListener {
  readonly datagrams: Uint8Array[] = [];
  readonly states: string[] = [];
  readonly mtus: number[] = [];
  bursts = 0;

  receive(datagram: Uint8Array): void {
    if (datagram[0]! >> 4 === 4) this.datagrams.push(datagram.slice());
  }

  burstDone(): void {
    this.bursts++;
  }

  stateChanged(state: string): void {
    this.states.push(state);
  }

  mtuChanged(mtu: number): void {
    this.mtus.push(mtu);
  }
}
