import { formatAddress } from '../address.js';
import { callInstance } from '../control/client.js';
import type { Instance } from '../control/connection.js';
import { Failure } from '../failure.js';
import { parseAddress } from '../text/addresses.js';
import { accepted, isFault } from '../text/fault.js';
import { nearest } from '../text/nearest.js';

/** The address that a word means: an address, or the name of a host, a router or its interface in a running lab. */
export const addressOf = async (word: string, instance: Instance): Promise<string> => {
  const address = parseAddress(word);
  if (!isFault(address) || /^[\d.]+$/.test(word)) return formatAddress(accepted(address));
  const names = await namesIn(instance);
  const found = names.get(word);
  if (found !== undefined) return found;
  const near = nearest(word, names.keys());
  throw new Failure(
    2,
    `${instance.name} has no host or router '${word}' with an address`,
    near === undefined ? `an address, or one of ${[...names.keys()].join(' ')}` : `did you mean ${near}?`,
  );
};

/** The first address of each host, of each router and of each of its interfaces, by name. */
export const namesIn = async (instance: Instance): Promise<ReadonlyMap<string, string>> =>
  namesOf(await callInstance(instance, 'show', { what: 'config' }));

/** The parts of a described configuration that have addresses. */
interface Described {
  readonly hosts?: Readonly<Record<string, Addressed>>;
  readonly routers?: Readonly<Record<string, Addressed>>;
}

interface Addressed {
  readonly interfaces?: Readonly<Record<string, { readonly address?: string | readonly string[] }>>;
}

/** The first address of each host and router, and of each interface of a router. */
const namesOf = ({ hosts = {}, routers = {} }: Described): Map<string, string> => {
  const names = new Map<string, string>();
  for (const [name, { interfaces = {} }] of [...Object.entries(hosts), ...Object.entries(routers)])
    for (const [link, { address }] of Object.entries(interfaces)) {
      const first = (typeof address === 'string' ? address : address?.[0])?.split('/')[0];
      if (first === undefined) continue;
      names.set(`${name}.${link}`, first);
      if (!names.has(name)) names.set(name, first);
    }
  return names;
};
