import type { Address } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import { Connected } from './connected.js';
import type { FileDraft } from './draft.js';
import type { Report } from './problem-report.js';
import type { Path } from './tree.js';

/** A host or router on a link, as the draft describes it. */
export interface DraftAttachment {
  readonly kind: 'host' | 'router';
  readonly owner: string;
  readonly link: string;
  readonly path: Path;
  readonly addresses: readonly DraftAddress[];
  /** Nothing about it is wrong; only then may conclusions be drawn from what it lacks. */
  readonly isKnown: boolean;
}

export interface DraftAddress {
  readonly own: InterfaceAddress;
  readonly path: Path;
}

export interface DraftLoopback {
  readonly router: string;
  readonly address: Address;
  readonly path: Path;
}

/** How many owners of one address are remembered: more than one are a mistake, and nothing follows from them. */
const MOST_OWNERS = 8;

/**
 * Who is where: the attachments of a draft by link, by router and by address.
 *
 * Every question takes constant time, so that checks of a large file take a time in proportion to it.
 */
export class Topology {
  /** Hosts first, in the order of the file. */
  readonly attachments: readonly DraftAttachment[];
  readonly loopbacks: readonly DraftLoopback[];
  readonly #byLink = new Map<string, DraftAttachment[]>();
  readonly #byRouter = new Map<string, Map<string, DraftAttachment>>();
  readonly #byAddress = new Map<Address, DraftAttachment[]>();
  readonly #byLoopback = new Map<Address, string>();
  readonly #connected = new Map<string, Connected>();

  constructor(draft: FileDraft, report: Report) {
    this.attachments = attachmentsOf(draft, report);
    this.loopbacks = loopbacksOf(draft);
    for (const each of this.attachments) {
      entryOf(this.#byLink, each.link, () => []).push(each);
      if (each.kind === 'router') entryOf(this.#byRouter, each.owner, () => new Map()).set(each.link, each);
      for (const { own } of each.addresses) {
        const owners = entryOf(this.#byAddress, own.address, () => []);
        if (owners.length < MOST_OWNERS) owners.push(each);
      }
    }
    for (const { address, router } of this.loopbacks)
      if (!this.#byLoopback.has(address)) this.#byLoopback.set(address, router);
  }

  /** Who is on a link. */
  on(link: string): readonly DraftAttachment[] {
    return this.#byLink.get(link) ?? [];
  }

  /** Who on a link has an address there; a router also has its loopback address. */
  ownerOn(link: string, address: Address): DraftAttachment | undefined {
    return (
      this.#byAddress.get(address)?.find((each) => each.link === link) ??
      this.#byRouter.get(this.#byLoopback.get(address) ?? '')?.get(link)
    );
  }

  /** The attachments of a router, by link. */
  of(router: string): ReadonlyMap<string, DraftAttachment> {
    return this.#byRouter.get(router) ?? new Map();
  }

  /** The networks of a router. */
  connectedTo(router: string): Connected {
    return entryOf(
      this.#connected,
      router,
      () =>
        new Connected(
          [...this.of(router).values()].flatMap(({ link, addresses }) =>
            addresses.map(({ own }) => ({ link, prefix: own.prefix })),
          ),
        ),
    );
  }

  /** Whether an address is one of a router's own. */
  isOwn(address: Address, router: string): boolean {
    const owners = this.#byAddress.get(address) ?? [];
    return (
      this.#byLoopback.get(address) === router ||
      owners.some(({ kind, owner }) => kind === 'router' && owner === router)
    );
  }

  /** The link on which somebody else has an address; a router also has its loopback address on all its links. */
  linkOfNeighbor(address: Address, router: string): string | undefined {
    const own = this.of(router);
    const neighbor = this.#byAddress
      .get(address)
      ?.find(({ kind, owner, link }) => own.has(link) && !(kind === 'router' && owner === router));
    if (neighbor !== undefined) return neighbor.link;
    const other = this.#byLoopback.get(address);
    if (other === undefined || other === router) return undefined;
    return [...this.of(other).keys()].find((link) => own.has(link));
  }

  /** The link on which a router reaches a next hop; undefined if it is on none of its links. */
  linkOfNextHop(via: Address, router: string): string | undefined {
    const neighbor = this.linkOfNeighbor(via, router);
    if (neighbor !== undefined) return neighbor;
    for (const { link } of this.connectedTo(router).around(via)) return link;
    return undefined;
  }
}

const entryOf = <Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = create();
  map.set(key, value);
  return value;
};

/** Every attachment of a draft, hosts first, in the order of the file. */
const attachmentsOf = (draft: FileDraft, report: Report): readonly DraftAttachment[] => [
  ...[...(draft.hosts ?? [])].flatMap(([owner, host]) =>
    [...(host?.interfaces ?? [])].map(([link, each]): DraftAttachment => {
      const path = ['hosts', owner, 'interfaces', link];
      const isKnown = !report.isFaulty(...path);
      return { kind: 'host', owner, link, path, addresses: addressesOf(each?.address, path), isKnown };
    }),
  ),
  ...[...(draft.routers ?? [])].flatMap(([owner, router]) =>
    [...(router?.interfaces ?? [])].map(([link, each]): DraftAttachment => {
      const path = ['routers', owner, 'interfaces', link];
      const isKnown = !report.isFaulty(...path, 'address') && each !== undefined;
      return { kind: 'router', owner, link, path, addresses: addressesOf(each?.address, path), isKnown };
    }),
  ),
];

/** The loopback addresses of the routers that have one. */
const loopbacksOf = (draft: FileDraft): readonly DraftLoopback[] =>
  [...(draft.routers ?? [])].flatMap(([router, { ip } = {}]) =>
    ip?.loopback === undefined
      ? []
      : [{ router, address: ip.loopback, path: ['routers', router, 'ip', 'loopback'] }],
  );

/** The addresses of an interface, written as one or as a list. */
export const addressesOf = (
  written: InterfaceAddress | readonly (InterfaceAddress | undefined)[] | undefined,
  path: Path,
): DraftAddress[] => {
  if (written === undefined) return [];
  if ('address' in written) return [{ own: written, path: [...path, 'address'] }];
  return written.flatMap((own, at) => (own === undefined ? [] : [{ own, path: [...path, 'address', at] }]));
};
