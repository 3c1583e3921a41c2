import type { Hop } from '../../../src/hop.js';
import { START } from '../../../src/time.js';
import type { Port, PortListener } from '../../../src/tun/port.js';

/** A port that stays open from case to case, and tells whoever has it at the moment. */
export class SharedPort {
  readonly #port: Port;
  #into: Hop | undefined;
  #listener: PortListener | undefined;
  #isGone = false;

  constructor(port: Port) {
    this.#port = port;
    const into: Hop = { take: (parcel, now) => this.#into?.take(parcel, now) };
    port.start(into, {
      burstBegins: () => this.#listener?.burstBegins() ?? START,
      burstDone: () => this.#listener?.burstDone(),
      waits: () => this.#listener?.waits(),
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
      io: port.io,
      offload: port.offload,
      ...(port.takesSuperDatagrams === true && { takesSuperDatagrams: true }),
      traffic: port.traffic,
      start: (into, listener) => {
        this.#into = into;
        this.#listener = listener;
      },
      take: (parcel, now) => port.take(parcel, now),
      flush: (now) => port.flush(now),
      isUp: () => port.isUp(),
      setPersistent: (isPersistent) => port.setPersistent(isPersistent),
      close: () => {
        this.#listener = undefined;
      },
    };
  }

  close(): void {
    this.#port.close();
  }
}
