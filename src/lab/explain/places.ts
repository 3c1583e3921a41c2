import type { Address } from '../../address.js';
import { Failure } from '../../failure.js';
import type { Interface } from '../../interface.js';
import { HostAttachment } from '../../link/attachments.js';
import type { Link } from '../../link/link.js';
import type { Router } from '../../router/router.js';
import { parseAddress } from '../../text/addresses.js';
import { accepted, isFault } from '../../text/fault.js';
import type { Lab } from '../lab.js';
import { InterfaceAttachment } from '../lab-router.js';
import { meantBy } from '../named.js';

/** Where a datagram begins its way. */
export type Origin =
  | { readonly kind: 'host'; readonly host: HostAttachment; readonly link: Link }
  | { readonly kind: 'router'; readonly router: Router }
  /** A router has made it, and knows where it leaves. */
  | { readonly kind: 'departure'; readonly egress: Interface; readonly nextHop: Address }
  | { readonly kind: 'interface'; readonly router: Router; readonly ingress: Interface };

/** The address that a word means: an address, or the name of a host, a router or an interface. Throws a `Failure` (2). */
export const addressMeant = ({ configuration: { hosts, routers } }: Lab, word: string): Address => {
  const address = parseAddress(word);
  if (!isFault(address) || /^[\d.]+$/.test(word)) return accepted(address);
  const names = new Map<string, Address>();
  for (const { name, interfaces } of [...hosts.values(), ...routers.values()])
    for (const { link, addresses } of interfaces) {
      const [first] = addresses;
      if (first === undefined) continue;
      names.set(`${name}.${link}`, first.address);
      if (!names.has(name)) names.set(name, first.address);
    }
  const found = names.get(word);
  if (found !== undefined) return found;
  throw new Failure(
    2,
    `the lab has no host or router \`${word}\` with an address`,
    meantBy(word, [...names.keys()], 'write an address, or one of'),
  );
};

/** The end of a link that a word means, as `r1.red` or `alice.red`. Throws a `Failure` (2). */
export const originAt = (lab: Lab, word: string): Origin => {
  const names: string[] = [];
  for (const origin of originsIn(lab)) {
    if (origin.name === word) return origin.origin;
    names.push(origin.name);
  }
  throw new Failure(2, `there is no interface \`${word}\``, meantBy(word, names, 'the interfaces are'));
};

/** Where a datagram from an address begins: at the host or router that has it. Throws a `Failure` (2) if none has. */
export const originOf = (lab: Lab, source: Address, word: string): Origin => {
  for (const { origin } of originsIn(lab)) {
    if (origin.kind === 'interface' && origin.router.routing.isOurs(source))
      return { kind: 'router', router: origin.router };
    if (origin.kind !== 'host') continue;
    const { addresses, assigned } = origin.host;
    if (addresses.includes(source) || assigned?.has(source)) return origin;
  }
  for (const link of lab.links.values())
    for (const { address, owner } of link.neighbors)
      if (address === source && owner instanceof HostAttachment) return { kind: 'host', host: owner, link };
  const first = [...originsIn(lab)].map(({ name }) => name)[0] ?? 'ROUTER.LINK';
  throw new Failure(2, `nobody in the lab has ${word}`, `say where it comes in: --in ${first}`);
};

function* originsIn(lab: Lab): Generator<{ readonly name: string; readonly origin: Origin }> {
  for (const link of lab.links.values())
    for (const each of link.attachments)
      if (each instanceof InterfaceAttachment) {
        const [router, ingress] = [lab.routers.get(each.owner)!, each.interface];
        yield { name: each.name, origin: { kind: 'interface', router, ingress } };
      } else if (each instanceof HostAttachment)
        yield { name: each.name, origin: { kind: 'host', host: each, link } };
}
