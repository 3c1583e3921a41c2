import type { Observer } from '../../../src/event.js';
import { milliseconds, seconds } from '../../../src/time.js';
import { configurationOf } from '../configuration.js';
import { VirtualRouter } from '../targets/virtual-router.js';
import type { PortNumber } from '../topology.js';
import { type IgmpSetup, igmpSetup } from './kase.js';

/** A lab whose hosts say things, ten seconds after its start. */
export class Stage {
  readonly virtual: VirtualRouter;

  constructor(setup: IgmpSetup = {}, observer?: Observer) {
    const options = observer === undefined ? {} : { observer };
    this.virtual = new VirtualRouter(configurationOf(igmpSetup(setup)), options);
    this.virtual.advance(seconds(10));
  }

  send(on: PortNumber, octets: Uint8Array): this {
    this.virtual.host(on).send(octets);
    return this;
  }

  wait(milli: number): this {
    this.virtual.advance(milliseconds(milli));
    return this;
  }
}

export const ONLY_PORT_0 = { igmpOn: { 1: 'none', 2: 'none' } } as const;

/** Says which field is not as wanted; fields that are not named are free. */
export const shapeFault = (wanted: unknown, found: unknown, path = ''): string | undefined => {
  if (typeof wanted !== 'object' || wanted === null || typeof found !== 'object' || found === null)
    return Object.is(wanted, found) ? undefined : `${path} is ${found} instead of ${wanted}`;
  if (Array.isArray(wanted) && wanted.length !== (found as unknown[]).length)
    return `${path} has ${(found as unknown[]).length} items instead of ${wanted.length}`;
  for (const [key, value] of Object.entries(wanted)) {
    const fault = shapeFault(value, (found as Record<string, unknown>)[key], `${path}.${key}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
};
