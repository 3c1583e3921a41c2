import { callInstance } from '../control/client.js';
import type { Instance } from '../control/connection.js';
import type { EchoResult } from '../control/echo.js';

/** What is asked about one echo request; what is left out is usual. */
export interface Probe {
  readonly ttl?: number;
  /** Octets of the whole datagram. */
  readonly size: number;
  readonly tos?: number;
  readonly isDontFragment?: boolean;
  readonly timeoutMs: number;
}

/** The IPv4 header and that of the echo request. */
const HEADERS = 28;
/** How long the instance may take beyond the wait itself. In milliseconds. */
const PATIENCE = 5000;

/** Has a router send one echo request after the other, and tells their fates apart. */
export class Prober {
  readonly #instance: Instance;
  readonly #router: string | undefined;
  readonly #destination: string;
  #sequence = 0;

  constructor(instance: Instance, router: string | undefined, destination: string) {
    this.#instance = instance;
    this.#router = router;
    this.#destination = destination;
  }

  send({ ttl = 64, size, tos = 0, isDontFragment = false, timeoutMs }: Probe): Promise<EchoResult> {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const params = {
      ...(this.#router === undefined ? {} : { router: this.#router }),
      destination: this.#destination,
      identifier: process.pid & 0xffff,
      sequence: this.#sequence,
      length: size - HEADERS,
      ttl,
      tos,
      isDontFragment,
      hasRecordRoute: false,
      timeoutMs,
    };
    return callInstance(this.#instance, 'echo', params, timeoutMs + PATIENCE);
  }
}
