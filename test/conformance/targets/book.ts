import type { DropCounts } from '../../../src/counters.js';
import type { DropReason } from '../../../src/drop-reason.js';
import type { Lab } from '../../../src/lab/lab.js';
import { DUT } from '../topology.js';

/** How often each reason was counted in a lab: at the router's interfaces, and on the links. */
export const dropsOf = (lab: Lab): Map<DropReason, number> => {
  const total = new Map<DropReason, number>();
  const add = (drops: DropCounts): void => {
    for (const [reason, { packets }] of drops) total.set(reason, (total.get(reason) ?? 0) + packets);
  };
  for (const each of lab.routers.get(DUT)!.interfaces) {
    add(each.drops);
    add(each.refusals);
  }
  for (const link of lab.links.values()) add(link.drops);
  return total;
};

/** What does not add up in the router's book; undefined where all does. */
export const bookFaultOf = (lab: Lab): string | undefined => {
  const { received, forwarded, delivered, dropped, held } = lab.routers.get(DUT)!.ledger;
  if (received === forwarded + delivered + dropped + held) return undefined;
  return `the book does not add up: ${received} received, ${forwarded} forwarded, ${delivered} delivered, ${dropped} dropped, ${held} held`;
};
