import { z } from 'zod';
import { formatAddress } from '../address.js';
import { formatTarget } from '../text/addresses.js';
import { isFault } from '../text/fault.js';
import { parseRouteLine } from '../text/route-line.js';
import { leafFault } from './leaf-fault.js';
import type { Tree } from './tree.js';

type Shape = Readonly<Record<string, z.core.$ZodType>>;

/** What to write where a mapping is needed: made of what is there, if that gives a valid one. */
export const mappingFix = (known: Shape, tree: Tree): string => {
  if ('nexthops' in known) {
    const route = routeOf(tree);
    return route === undefined ? 'write a mapping with `to` and `via`' : `write \`${route}\``;
  }
  const needed = Object.keys(known).filter((key) => !(known[key] instanceof z.ZodOptional));
  if (needed.length === 0) return 'write `{}`, or put keys on the lines below';
  const [only, ...others] = needed;
  const isEnough = others.length === 0 && isValid(known[only!]!, tree);
  return isEnough && tree.kind === 'scalar'
    ? `write \`{ ${only}: ${tree.source} }\``
    : `write a mapping with ${needed.map((key) => `\`${key}\``).join(' and ')}`;
};

/** What to write where a list is needed. */
export const listFix = (element: z.core.$ZodType, tree: Tree): string =>
  isValid(element, tree) && tree.kind === 'scalar'
    ? `write \`[${tree.source}]\``
    : 'write a list, in brackets or as lines that start with a dash';

/** What to write where a single value is needed: the only entry of a list, if there is one. */
export const singleFix = (schema: z.core.$ZodType, tree: Tree): string => {
  const [only, ...others] = tree.kind === 'sequence' ? tree.items : [];
  return only?.kind === 'scalar' && others.length === 0 && isValid(schema, only)
    ? `write \`${only.source}\`, without brackets`
    : 'write a single value';
};

/** Whether a value is what a schema wants, and needs no quotes wherever it is put. */
const isValid = (schema: z.core.$ZodType, tree: Tree): boolean =>
  tree.kind === 'scalar' && /^[\w./%+-]+$/.test(tree.source) && !isFault(leafFault(schema, tree.value));

/** A route in the words of `ip route`, as a mapping; undefined if it is not one. */
const routeOf = (tree: Tree): string | undefined => {
  const route = tree.kind === 'scalar' ? parseRouteLine(tree.source) : undefined;
  if (route === undefined || isFault(route)) return undefined;
  const { to, type, via, metric } = route;
  const way = via === undefined ? `type: ${type}` : `via: ${formatAddress(via)}`;
  const prefix = formatTarget(to);
  return `{ to: ${prefix}, ${way}${metric === 0 ? '' : `, metric: ${metric}`} }`;
};
