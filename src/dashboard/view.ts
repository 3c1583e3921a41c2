import type { Drawing } from '../http/drawing.js';
import type { GroupRow, IgmpRow, MrouteRow, NeighborRow, TopologyRow } from '../observe/shown.js';
import type { Rates, Reading } from './reading.js';

/** Everything that the dashboard knows of a lab now. */
export interface View {
  readonly reading: Reading;
  /** Undefined until there are two readings. */
  readonly rates: Rates | undefined;
  readonly topology: readonly TopologyRow[];
  readonly drawing: Drawing;
  readonly igmp: readonly IgmpRow[];
  readonly groups: readonly GroupRow[];
  readonly mroutes: readonly MrouteRow[];
  readonly neighbors: readonly NeighborRow[];
}

/** Who has an address, as `alice (198.51.100.10)`; the address alone where nobody is known to. */
export const named = ({ neighbors }: View, address: string | null): string => {
  if (address === null) return '–';
  const owner = neighbors.find((each) => each.address === address)?.owner;
  return owner === undefined ? address : `${owner} (${address})`;
};

/** The link of each interface of a router. */
export const linkOf = ({ reading }: View, name: string): string | undefined =>
  reading.interfaces.find((each) => each.interface === name)?.link;
