import type { Address } from '../address.js';
import type { Refused } from '../link.js';
import type { Instant } from '../time.js';
import type { Attachment } from './link.js';

/** What a host's datagrams are handed to: a TUN device's port, or a recorder in memory. */
export interface HostEnd {
  isUp(): boolean;
  /** Keeps the octets by reference until it is flushed. */
  send(datagram: Uint8Array, refused: Refused | undefined, now: Instant): void;
}

/** A host's place on a link. Without an end it hears nothing. */
export class HostAttachment implements Attachment {
  readonly kind = 'host';
  readonly name: string;
  readonly owner: string;
  readonly addresses: readonly Address[];
  #end: HostEnd | undefined;
  #isUp = false;

  constructor(host: string, link: string, addresses: readonly Address[]) {
    this.owner = host;
    this.name = `${host}.${link}`;
    this.addresses = addresses;
  }

  /** Puts an end in place, or takes it away. The link has to be told. */
  connect(end: HostEnd | undefined): void {
    this.#end = end;
    this.#isUp = end?.isUp() ?? false;
  }

  /** Notes what became of the device; true where that is news. The link has to be told. */
  setUp(isUp: boolean): boolean {
    if (this.#isUp === isUp) return false;
    this.#isUp = isUp;
    return true;
  }

  isUp(): boolean {
    return this.#isUp;
  }

  receive(datagram: Uint8Array, now: Instant, refused: Refused | undefined): void {
    if (this.#end === undefined) refused?.('link-down', datagram, now);
    else this.#end.send(datagram, refused, now);
  }

  linkChanged(): void {}

  neighborLearned(): void {}
}
