import { Failure } from '../failure.js';
import type { IgmpInterface } from '../igmp/igmp-interface.js';
import type { Interface } from '../interface.js';
import type { Link } from '../link/link.js';
import type { Router } from '../router/router.js';
import { nearest } from '../text/nearest.js';
import type { Lab } from './lab.js';

/**
 * The router of this name, or the only one; throws a `Failure` (2) if there is none or it is not clear which.
 *
 * `option` is where a router may be named.
 */
export const routerNamed = (lab: Lab, name: string | undefined, option = '-r'): Router => {
  const names = [...lab.routers.keys()];
  const router = lab.routers.get(name ?? (names.length === 1 ? names[0]! : ''));
  if (router !== undefined) return router;
  if (name === undefined && names.length > 0)
    throw new Failure(2, 'the lab has several routers', `name one with ${option}: ${names.join(' ')}`);
  if (name === undefined) throw new Failure(2, 'the lab has no router', 'add one to its file, and `reload`');
  throw new Failure(2, `the lab has no router \`${name}\``, meantBy(name, names, 'its routers are'));
};

/** The link of this name; throws a `Failure` (2) if there is none. */
export const linkNamed = (lab: Lab, name: string): Link => {
  const link = lab.links.get(name);
  if (link !== undefined) return link;
  throw new Failure(
    2,
    `the lab has no link \`${name}\``,
    meantBy(name, [...lab.links.keys()], 'its links are'),
  );
};

/** Throws a `Failure` (2) if a name is not that of a host or router on a link. */
export const checkOwner = ({ name: link, attachments }: Link, name: string): void => {
  const owners = attachments.map(({ owner }) => owner);
  if (owners.includes(name)) return;
  throw new Failure(
    2,
    `no host or router \`${name}\` is on link \`${link}\``,
    meantBy(name, owners, 'on it are'),
  );
};

/**
 * The interface of a router by its whole name, `r1.red`, or by its link if that says which.
 *
 * `router` is the router if that was named. Throws a `Failure` (2) if there is none or several.
 */
export const interfaceNamed = (lab: Lab, name: string, router: string | undefined): Interface => {
  const of = router === undefined ? [...lab.routers.values()] : [routerNamed(lab, router)];
  const all = of.flatMap(({ interfaces }) => interfaces);
  const found = onlyNamed(all, (each) => each, name);
  if (found !== undefined) return found;
  throw new Failure(
    2,
    `there is no interface \`${name}\``,
    meantBy(name, all.map(nameOf), 'the interfaces are'),
  );
};

/** The same, of those that run IGMP. */
export const igmpNamed = (lab: Lab, name: string): readonly [Interface, IgmpInterface] => {
  const all = [...lab.routers.values()].flatMap((router) => [...router.igmp]);
  const found = onlyNamed(all, ([each]) => each, name);
  if (found !== undefined) return found;
  const names = all.map(([each]) => each.name);
  throw new Failure(
    2,
    `there is no interface \`${name}\` that runs IGMP`,
    names.length === 0 ? 'add `igmp: {}` to the interface' : meantBy(name, names, 'one of'),
  );
};

/** What mends a name that is not one of these: the nearest, or all of them. */
export const meantBy = (name: string, names: readonly string[], these: string): string => {
  const meant = nearest(name, names);
  return meant === undefined ? `${these} ${names.join(' ') || 'none'}` : `did you mean \`${meant}\`?`;
};

const onlyNamed = <Item>(
  all: readonly Item[],
  of: (item: Item) => Interface,
  name: string,
): Item | undefined => {
  const found = all.filter((each) => of(each).name === name || of(each).link === name);
  if (found.length < 2) return found[0];
  throw new Failure(
    2,
    `several routers are on the link ${name}`,
    `name one of ${found.map((each) => of(each).name).join(' ')}`,
  );
};

const nameOf = ({ name }: Interface): string => name;
