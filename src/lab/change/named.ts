import { Failure } from '../../failure.js';
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
