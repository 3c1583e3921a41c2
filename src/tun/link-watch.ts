import type { Address } from '../address.js';
import { readBuffer } from './arena.js';
import type { Descriptor, Driver } from './descriptor.js';
import { deviceRequests } from './requests.js';
import {
  addressDumpRequest,
  type LinkChange,
  linkDumpRequest,
  type Message,
  messagesIn,
  routeDumpRequest,
} from './rtnetlink.js';

/** A dump arrives in messages of up to 32 KiB. */
const ROOM = 32 * 1024;
/** Shared by all watches: each burst is processed before the next is read. */
const buffer = readBuffer(4 * ROOM, ROOM, 32);

/** One is enough to know that the gateway is not the only one. */
const MOST_NAMED = 16;
const NONE: ReadonlySet<Address> = new Set();

export interface LinkWatch {
  close(): void;
}

/** A watch that can be asked, and by which the links of its namespace can be changed. */
export interface NetlinkWatch extends LinkWatch {
  /** Asks the kernel to change something, in its turn. What comes of it is told as any other change; a refusal is not. */
  request(octets: Uint8Array): void;
  /** Has everything told once more. */
  tellAgain(): void;
}

/** Told of the links of a namespace. */
export interface LinkListener {
  linkChanged(change: LinkChange): void;
  /** All IPv4 addresses that a link has now. */
  addressesChanged(index: number, addresses: readonly Address[]): void;
  /** Routes or rules have changed; `named` gives all next hops that routes by a link have named so far. */
  routesChanged(named: (index: number) => ReadonlySet<Address>): void;
}

/**
 * Tells of every link of a namespace, its addresses and routes once, and then of every change, without any traffic.
 *
 * If changes come faster than they are read, the kernel drops some: then everything is told again.
 * It does not keep the process alive.
 */
export function watchLinks(
  driver: Driver,
  namespace: string | undefined,
  listener: LinkListener,
): NetlinkWatch {
  return new Watch(driver.openLinkSocket(namespace), listener);
}

class Watch implements NetlinkWatch {
  readonly #socket: Descriptor;
  readonly #listener: LinkListener;
  /** The addresses of each link. */
  readonly #addresses = new Map<number, Set<Address>>();
  /** Links whose addresses are to be told when the burst, or the dump, is over. */
  readonly #changed = new Set<number>();
  /** The next hops of each link that routes have named; a route that is gone leaves its own here until the next dump. */
  readonly #named = new Map<number, Set<Address>>();
  #haveRoutesChanged = false;
  /** The kernel does one dump at a time: first the links, then their addresses, then the routes. */
  #dumping: 'links' | 'addresses' | 'routes' | undefined;
  /** Changes were lost during a dump: all is to be told again when it is over. */
  #isStale = false;
  #isClosed = false;

  constructor(socket: Descriptor, listener: LinkListener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.listen(buffer, (count, errno) => this.#ready(count, errno));
    socket.setReferenced(false);
    this.#dumpLinks();
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.close();
  }

  request(octets: Uint8Array): void {
    deviceRequests.make(() => {
      if (!this.#isClosed) this.#ask(octets);
    });
  }

  #ask(octets: Uint8Array): void {
    this.#socket.write(octets, Uint32Array.of(0), Uint32Array.of(octets.length), 1, new Int32Array(1));
  }

  tellAgain(): void {
    if (this.#dumping === undefined) this.#dumpLinks();
    else this.#isStale = true;
  }

  #ready(count: number, errno: number): void {
    const octets: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      octets.push(buffer.octets.slice(buffer.offsets[i]!, buffer.offsets[i]! + buffer.lengths[i]!));
    }
    for (const message of octets.flatMap(messagesIn)) {
      if (this.#isClosed) return;
      this.#take(message);
    }
    this.#tellAddresses();
    this.#tellRoutes();
    if (errno !== 0 && !this.#isClosed) {
      this.#socket.resume(false);
      this.tellAgain();
    }
  }

  #take(message: Message): void {
    switch (message.about) {
      case 'link':
        return this.#listener.linkChanged(message);
      case 'address': {
        const { index, address, deleted } = message;
        const known = this.#addresses.get(index) ?? new Set();
        if (deleted) known.delete(address);
        else known.add(address);
        this.#addresses.set(index, known);
        this.#changed.add(index);
        return;
      }
      case 'route':
        for (const { index, via } of message.named) this.#addNamed(index, via);
        this.#haveRoutesChanged = true;
        return;
      case 'done':
        if (this.#isStale) this.#dumpLinks();
        else if (this.#dumping === 'links') this.#dumpAddresses();
        else if (this.#dumping === 'addresses') this.#dumpRoutes();
        else this.#dumping = undefined;
    }
  }

  #addNamed(index: number, via: Address): void {
    const known = this.#named.get(index) ?? new Set();
    if (known.size < MOST_NAMED) known.add(via);
    this.#named.set(index, known);
  }

  #tellAddresses(): void {
    if (this.#dumping === 'links' || this.#dumping === 'addresses') return;
    for (const index of this.#changed) {
      this.#changed.delete(index);
      if (!this.#isClosed) this.#listener.addressesChanged(index, [...(this.#addresses.get(index) ?? [])]);
    }
  }

  #tellRoutes(): void {
    if (!this.#haveRoutesChanged || this.#isClosed || this.#dumping !== undefined) return;
    this.#haveRoutesChanged = false;
    this.#listener.routesChanged((index) => this.#named.get(index) ?? NONE);
  }

  #dumpLinks(): void {
    this.#isStale = false;
    this.#dumping = 'links';
    this.#ask(linkDumpRequest());
  }

  #dumpAddresses(): void {
    this.#dumping = 'addresses';
    for (const [index, addresses] of this.#addresses) {
      addresses.clear();
      this.#changed.add(index);
    }
    this.#ask(addressDumpRequest());
  }

  #dumpRoutes(): void {
    this.#dumping = 'routes';
    this.#named.clear();
    // Told even where there are none: then that is known.
    this.#haveRoutesChanged = true;
    this.#ask(routeDumpRequest());
  }
}
