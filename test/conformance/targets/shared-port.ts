import type { Port, PortListener } from '../../../src/tun/port.js';

/** A port that stays open from case to case, and tells whoever has it at the moment. */
export class SharedPort {
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
      close: () => {
        this.#listener = undefined;
      },
    };
  }

  close(): void {
    this.#port.close();
  }
}
