import type { Receiver } from '../../src/link/link.js';

const ON_LINK = '192.0.2.';
/** Addresses on the link, and the names of those that have them by configuration. */
export const HOSTS = { h1: '192.0.2.10', h2: '192.0.2.20', h3: '192.0.2.30' };
export const ROUTERS = { r1: '192.0.2.1', r2: '192.0.2.2' };
export const NAMES = [...Object.keys(HOSTS), ...Object.keys(ROUTERS)];
export const [ALL, SUBNET] = ['255.255.255.255', '192.0.2.255'];
export const GROUPS = ['224.0.0.0', '239.255.255.255'];
export const EVERYBODY = [...GROUPS, ALL, SUBNET];
export const [VIRTUAL, UNOWNED, BEYOND] = ['192.0.2.77', '192.0.2.99', '198.51.100.10'];
/** In none of the groups, though above all of them. */
export const RESERVED = '240.1.2.3';

/** Somebody on the link as a table has it. */
export interface Somebody {
  readonly name: string;
  readonly isHost: boolean;
  isUp: boolean;
  /** What its kernel has; undefined while that is not known. */
  assigned: readonly string[] | undefined;
}

/** A link as its documentation has it: a table of owners, and who gets what. */
export class Description {
  readonly all = NAMES.map(
    (name): Somebody => ({ name, isHost: name in HOSTS, isUp: true, assigned: undefined }),
  );
  present: Somebody[] = [];
  owners = new Map<string, { readonly owner: Somebody; readonly isLearned: boolean }>();
  gateway: Somebody | undefined;
  isUp = true;

  named(name: string): Somebody {
    return this.all.find((each) => each.name === name)!;
  }

  configured({ name, assigned }: Somebody): readonly string[] {
    const address = { ...HOSTS, ...ROUTERS }[name as keyof typeof HOSTS];
    return assigned?.includes(address) === false ? [] : [address];
  }

  attach(names: readonly string[], gateway: string | undefined): void {
    this.present = names.map((name) => this.named(name));
    const learned = [...this.owners].filter(
      ([, { owner, isLearned }]) => isLearned && this.present.includes(owner),
    );
    const routers = this.present.filter(({ isHost }) => !isHost);
    this.gateway =
      gateway !== undefined ? this.named(gateway) : routers.length === 1 ? routers[0] : undefined;
    this.owners.clear();
    for (const owner of this.present)
      for (const address of this.configured(owner)) this.owners.set(address, { owner, isLearned: false });
    for (const [address, { owner }] of learned) this.#learn(address, owner);
    for (const owner of this.present)
      for (const address of owner.assigned ?? []) if (!this.owners.has(address)) this.#learn(address, owner);
  }

  assign(host: Somebody, assigned: readonly string[]): void {
    const before = host.assigned ?? this.configured(host);
    host.assigned = assigned;
    for (const address of before) if (!assigned.includes(address)) this.#lose(address, host);
    for (const address of assigned) {
      if (this.owners.has(address) && before.includes(address)) continue;
      if (this.configured(host).includes(address))
        this.owners.set(address, { owner: host, isLearned: false });
      else this.#learn(address, host);
    }
  }

  forget(host: Somebody): void {
    for (const [address, { owner, isLearned }] of [...this.owners])
      if (owner === host && isLearned) this.#lose(address, host);
  }

  /** Who gets what somebody sends to an address on the link; nobody, if its owner does not hear. */
  ownerOf(address: string, sender: Somebody): Somebody | undefined {
    const owner = this.owners.get(address)?.owner;
    return owner !== sender && owner?.isUp === true && this.isUp ? owner : undefined;
  }

  /** Who gets what a host sends, and what the link learns from it. */
  send(host: Somebody, source: string, destination: string): Receiver | Somebody {
    if (!this.isUp) return 'link-down';
    if (source !== this.configured(host)[0]) this.#learn(source, host);
    if (EVERYBODY.includes(destination)) return 'everybody';
    const owner = this.ownerOf(destination, host);
    if (owner !== undefined) return owner;
    const router = this.present.find(({ isHost }) => !isHost);
    const isUnowned = destination.startsWith(ON_LINK) && this.gateway?.isHost === true;
    const last = isUnowned ? (router ?? this.gateway) : this.gateway;
    return last === undefined || last === host ? 'link-no-gateway' : last;
  }

  listenersBeside(sender: Somebody): Somebody[] {
    return this.present.filter((each) => each !== sender && each.isUp);
  }

  #learn(address: string, owner: Somebody): void {
    if (!address.startsWith(ON_LINK) || address === SUBNET) return;
    if (this.owners.get(address)?.isLearned === false) return;
    this.owners.set(address, { owner, isLearned: true });
  }

  #lose(address: string, host: Somebody): void {
    if (this.owners.get(address)?.owner !== host) return;
    this.owners.delete(address);
    const heir = this.present.find(
      (each) => each !== host && each.isUp && each.assigned?.includes(address) === true,
    );
    if (heir !== undefined) this.#learn(address, heir);
  }
}
