import { type Address, formatAddress, formatPrefix, isClassE, type Prefix } from '../../address.js';
import { formatInterfaceAddress } from '../../text/addresses.js';
import type { FileDraft } from '../draft.js';
import { PrefixIndex } from '../prefix-index.js';
import type { Report } from '../problem-report.js';
import type { DraftAddress, DraftAttachment, DraftLoopback, Topology } from '../topology.js';
import type { Path } from '../tree.js';

/** Finds duplicate addresses, links whose subnets overlap, and attachments outside their link's subnet. */
export const checkAddresses = (
  draft: FileDraft,
  { attachments, loopbacks }: Topology,
  report: Report,
): void => {
  // An address that is wrong in itself is not checked further.
  const refused = new Set([
    ...checkTwice(attachments, loopbacks, report),
    ...checkClassE(draft, attachments, loopbacks, report),
  ]);
  const strangers = checkOneSubnet(attachments, refused, report);
  checkOverlap(
    attachments.filter(({ link, path }) => !strangers.has(path) && draft.links?.has(link) !== false),
    refused,
    report,
  );
};

/** Reports addresses that are used twice, and returns them. */
const checkTwice = (
  attachments: readonly DraftAttachment[],
  loopbacks: readonly DraftLoopback[],
  report: Report,
): ReadonlySet<Address> => {
  const owners = new Map<Address, string>();
  const twice = new Set<Address>();
  const note = (address: Address, owner: string, path: Path): void => {
    const first = owners.get(address);
    if (first === undefined) owners.set(address, owner);
    else {
      twice.add(address);
      report.error(
        'E-DUPLICATE',
        path,
        `\`${formatAddress(address)}\` is already an address of \`${first}\``,
        'choose another address',
      );
    }
  };
  for (const { owner, link, kind, addresses } of attachments)
    for (const { own, path } of addresses)
      note(own.address, kind === 'host' ? owner : `${owner}.${link}`, path);
  for (const { router, address, path } of loopbacks) note(address, router, path);
  return twice;
};

/** Reports addresses in 240/4 if no router treats that as unicast, and returns them. */
const checkClassE = (
  draft: FileDraft,
  attachments: readonly DraftAttachment[],
  loopbacks: readonly DraftLoopback[],
  report: Report,
): readonly Address[] => {
  if ([...(draft.routers?.values() ?? [])].some((router) => router?.ip?.['class-e'] === true)) return [];
  const own = attachments.flatMap(({ addresses }) =>
    addresses.map(({ own: { address }, path }) => ({ address, path })),
  );
  const reserved = [...own, ...loopbacks].filter(({ address }) => isClassE(address));
  for (const { address, path } of reserved)
    report.error(
      'E-ADDRESS',
      path,
      `\`${formatAddress(address)}\` is in 240.0.0.0/4, which is reserved`,
      'choose another address, or switch on `ip.class-e` on the routers',
    );
  return reserved.map(({ address }) => address);
};

/**
 * Reports attachments that share no subnet with the others on their link, and returns their paths.
 *
 * Routers come first, because a host is more likely to be wrong. A /32 is not compared.
 */
const checkOneSubnet = (
  attachments: readonly DraftAttachment[],
  refused: ReadonlySet<Address>,
  report: Report,
): ReadonlySet<Path> => {
  const strangers = new Set<Path>();
  const accepted = new Map<string, Subnets>();
  const inOrder = [
    ...attachments.filter(({ kind }) => kind === 'router'),
    ...attachments.filter(({ kind }) => kind === 'host'),
  ];
  for (const { link, path, addresses, isKnown } of inOrder) {
    const wide = addresses.filter(({ own }) => own.prefix.length < 32);
    if (!isKnown || wide.length === 0) continue;
    const others = accepted.get(link) ?? { first: wide[0]!, index: new PrefixIndex<true>() };
    const isFirst = !accepted.has(link);
    if (isFirst || wide.some(({ own }) => others.index.firstOverlapping(own.prefix, '') === true)) {
      accepted.set(link, others);
      for (const { own } of wide) others.index.add(own.prefix, link, true);
    } else if (!wide.some(({ own }) => refused.has(own.address))) {
      strangers.add(path);
      report.error(
        'E-OVERLAP',
        wide[0]!.path,
        `\`${formatInterfaceAddress(wide[0]!.own)}\` is not in the subnet of link \`${link}\`, ${formatPrefix(others.first.own.prefix)}`,
        `write an address in ${formatPrefix(others.first.own.prefix)}`,
      );
    }
  }
  return strangers;
};

/** The subnets of a link so far. */
interface Subnets {
  readonly first: DraftAddress;
  readonly index: PrefixIndex<true>;
}

/** Reports overlapping subnets, once for each pair of links. */
const checkOverlap = (
  attachments: readonly DraftAttachment[],
  refused: ReadonlySet<Address>,
  report: Report,
): void => {
  const seen = new PrefixIndex<{ readonly link: string; readonly prefix: Prefix }>();
  const told = new Set<string>();
  for (const { link, addresses } of attachments)
    for (const { own, path } of addresses) {
      if (refused.has(own.address)) continue;
      const other = seen.firstOverlapping(own.prefix, link);
      seen.add(own.prefix, link, { link, prefix: own.prefix });
      if (other === undefined) continue;
      const pair = [link, other.link].sort().join(' ');
      if (told.has(pair)) continue;
      told.add(pair);
      report.error(
        'E-OVERLAP',
        path,
        `${formatPrefix(own.prefix)} on link \`${link}\` overlaps ${formatPrefix(other.prefix)} on link \`${other.link}\``,
        'give each link its own subnet',
      );
    }
};
