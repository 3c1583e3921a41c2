import { Failure } from '../../failure.js';
import type { Interface } from '../../interface.js';
import type { Router } from '../../router/router.js';
import { nearest } from '../../text/nearest.js';
import type { Lab } from '../lab.js';

/** The router of this name, or the only one; throws a `Failure` (2) if there is none or it is not clear which. */
export const routerNamed = (lab: Lab, name: string | undefined): Router => {
  const names = [...lab.routers.keys()];
  if (name === undefined) {
    if (names.length === 1) return lab.routers.get(names[0]!)!;
    throw new Failure(2, 'the lab has several routers', `name one with -r: ${names.join(' ')}`);
  }
  const router = lab.routers.get(name);
  if (router !== undefined) return router;
  const meant = nearest(name, names);
  throw new Failure(
    2,
    `the lab has no router \`${name}\``,
    meant === undefined ? `its routers are ${names.join(' ')}` : `did you mean \`${meant}\`?`,
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
  const found = all.filter((each) => each.name === name || each.link === name);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (found.length > 1)
    throw new Failure(
      2,
      `several routers are on the link ${name}`,
      `name one of ${found.map((each) => each.name).join(' ')}`,
    );
  const names = all.map((each) => each.name);
  const meant = nearest(name, names);
  throw new Failure(
    2,
    `there is no interface \`${name}\``,
    meant === undefined ? `the interfaces are ${names.join(' ')}` : `did you mean \`${meant}\`?`,
  );
};
