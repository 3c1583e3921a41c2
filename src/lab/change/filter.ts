import type { FILTER_ADD, FILTER_DEL } from '../../change/filter.js';
import type { ChangeBy } from '../../change/grammar.js';
import { Failure } from '../../failure.js';
import { FILTER_KEYS, MATCH_KEYS } from '../../filter.js';
import type { Interface } from '../../interface.js';
import type { Router } from '../../router/router.js';
import { defaultsOf, selected } from '../../section.js';
import type { Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import { interfaceNamed, meantBy, routerNamed } from '../named.js';
import { filterOf } from '../plan.js';
import { type Outcome, outcome } from './outcome.js';

/** Adds a filter to a router, after those that it has. */
export const addFilter = (lab: Lab, { options }: ChangeBy<typeof FILTER_ADD>, now: Instant): Outcome => {
  const { in: incoming, out, router: wanted, name: given, action, ...rest } = options;
  const ends = [incoming, out].map((each) =>
    each === undefined ? undefined : interfaceNamed(lab, each, wanted),
  );
  const router = routerOf(lab, ends, wanted);
  const name = given ?? freeName(router);
  const filter = filterOf(
    {
      probability: FILTER_KEYS.probability.default,
      limit: undefined,
      for: undefined,
      with: undefined,
      ...rest,
      name,
      in: ends[0]?.link,
      out: ends[1]?.link,
      action: action!,
      match: selected(MATCH_KEYS, { ...defaultsOf(MATCH_KEYS), ...rest }),
    },
    'runtime',
    router.interfaces,
  );
  if (!router.filters.add(filter, now))
    throw new Failure(
      7,
      `${router.name} has a filter ${name} already`,
      `remove it first: tunpike filter del ${name} -r ${router.name}`,
    );
  return outcome({ router: router.name, name }, [name]);
};

/** Removes a filter, wherever it came from. */
export const removeFilter = (lab: Lab, change: ChangeBy<typeof FILTER_DEL>): Outcome => {
  const { name } = change.arguments;
  const { router: wanted } = change.options;
  const routers = wanted === undefined ? [...lab.routers.values()] : [routerNamed(lab, wanted)];
  const [router, other] = routers.filter(({ filters }) => filters.has(name));
  if (router === undefined) throw absent(name, routers);
  if (other !== undefined)
    throw new Failure(
      2,
      `several routers have a filter ${name}`,
      `name one with -r: ${router.name} ${other.name}`,
    );
  router.filters.remove(name);
  return outcome({ router: router.name, name });
};

const absent = (name: string, routers: readonly Router[]): Failure => {
  const names = routers.flatMap(({ filters }) => filters.names);
  return new Failure(7, `there is no filter \`${name}\``, meantBy(name, names, 'the filters are'));
};

/** The router of the interfaces, or the one that is named. */
const routerOf = (lab: Lab, ends: readonly (Interface | undefined)[], wanted: string | undefined): Router => {
  const named = ends.flatMap((each) => each ?? []);
  const [first, second] = named;
  if (first !== undefined && second !== undefined && first.router !== second.router)
    throw new Failure(
      2,
      `${first.name} and ${second.name} are of different routers`,
      'a filter is of one router: name two interfaces of the same',
    );
  return routerNamed(lab, wanted ?? first?.router);
};

const freeName = ({ filters }: Router): string => {
  const taken = new Set(filters.names);
  let number = 1;
  while (taken.has(`f${number}`)) number += 1;
  return `f${number}`;
};
