import { contains, isWithin, type Prefix } from '../address.js';
import { Failure } from '../failure.js';
import { OF_WHOLE_LAB, type Shown, type ShowWhat } from '../observe/shown.js';
import { parseAddress, parsePrefix } from '../text/addresses.js';
import { accepted } from '../text/fault.js';

/** What of a subject is wanted. */
interface Wanted {
  readonly router: string | undefined;
  readonly prefix: string | undefined;
}

interface Row {
  readonly router?: string | null;
  readonly interface?: string | null;
  readonly owner?: string;
  readonly prefix?: string;
}

/** Leaves of a subject what is wanted; throws a `Failure` (2) at once if that cannot be. */
export const narrowed = <What extends ShowWhat>(
  what: What,
  { router, prefix }: Wanted,
): (<Of extends Shown[What]>(shown: Of) => Of) => {
  const covers = prefix === undefined ? undefined : coverage(prefix);
  if (router !== undefined && OF_WHOLE_LAB.has(what))
    throw new Failure(2, `\`show ${what}\` is of the whole lab, not of a router`, `tunpike show ${what}`);
  const keeps = (row: Row): boolean =>
    (router === undefined ||
      row.router === router ||
      row.owner === router ||
      row.interface?.startsWith(`${router}.`) === true) &&
    (covers === undefined || (row.prefix !== undefined && covers(row.prefix)));
  return <Of>(shown: Of) =>
    Array.isArray(shown) ? ((shown as Row[]).filter(keeps) as unknown as Of) : shown;
};

/** Of an address, every prefix that contains it; of a prefix, itself and every one inside it. */
const coverage = (text: string): ((prefix: string) => boolean) => {
  if (!text.includes('/') && text !== 'default') {
    const address = accepted(parseAddress(text));
    return (prefix) => contains(read(prefix), address);
  }
  const wanted = read(text);
  return (prefix) => isWithin(read(prefix), wanted);
};

const read = (text: string): Prefix => accepted(parsePrefix(text));
