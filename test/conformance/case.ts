import type { DropReason } from '../../src/drop-reason.js';
import type { Duration } from '../../src/time.js';
import type { Expectation } from './expectation.js';
import type { SettingsChange } from './settings-change.js';
import type { TopologyChange } from './topology.js';

/** A port of the router under test: 0 to 3, with MTU 1500, 1500, 600 and 68. */
export type PortNumber = 0 | 1 | 2 | 3;

/** How binding the source is; `MUST` and `SHOULD` stand for their negations too. */
export type Level = 'MUST' | 'SHOULD' | 'MAY' | '—';

/** One line of the table: what the RFCs ask of a router, and the cases that show it. */
export interface Row<Each = Case> {
  readonly id: string;
  readonly level: Level;
  /** For example `RFC 1812 §5.2.7.3`. */
  readonly source: string;
  readonly title: string;
  readonly cases: readonly Each[];
  /** Why there is nothing to show; only where `cases` is empty. */
  readonly inapplicable?: string;
}

/** One thing to try on a fresh router: datagrams go in, and these come out, octet for octet, and no others. */
export interface Case extends Setup {
  readonly title: string;
  readonly steps: readonly Step[];
  /** Looks at all that came out in the whole case; says what is wrong, or undefined. */
  readonly judge?: ((outputs: readonly Output[]) => string | undefined) | undefined;
  /** For what no datagram can show: says what is wrong, or undefined. Such a case has no steps. */
  readonly proof?: (() => string | undefined | Promise<string | undefined>) | undefined;
}

/** What a case needs that is not as in the usual topology. */
export interface Setup {
  /** The router's `icmp` and `ip` in the words of the configuration file. */
  readonly settings?: SettingsChange;
  readonly topology?: TopologyChange;
  /** Addresses beside the usual ones that hosts own, by port. */
  readonly announce?: Readonly<Partial<Record<PortNumber, readonly string[]>>>;
  /** Why it is not run on real devices, for example because it takes minutes. Linux is not meant. */
  readonly virtualOnly?: string;
  /** Why it is not run on Linux. */
  readonly notOnLinux?: string;
}

/** What came out of the router. */
export interface Output {
  readonly on: PortNumber;
  readonly octets: Uint8Array;
}

interface Outcome {
  /** What comes out until the next step, on each port in this order; nothing unless told, and anything by `ANYTHING`. */
  readonly expect?: readonly Expectation[] | typeof ANYTHING;
  /** What the router counts it as where it ends there; none unless told. Each reason as often as it is counted. */
  readonly drop?: DropReason | readonly DropReason[];
}

export interface SendStep extends Outcome {
  readonly send: Uint8Array | readonly Uint8Array[];
  readonly on: PortNumber;
}

export interface WaitStep extends Outcome {
  readonly wait: Duration;
}

/** Something happens to the device of a port's host, in the middle of a case. */
export type DeviceStep = Outcome &
  (
    | { readonly setDown: PortNumber }
    | { readonly setUp: PortNumber }
    | { readonly remove: PortNumber }
    | { readonly setMtu: PortNumber; readonly mtu: number }
  );

export type Step = SendStep | WaitStep | DeviceStep;

/** Where any number of datagrams may come out and drops are not looked at: `judge` says what is right. */
export const ANYTHING = 'anything';

type Script = Setup &
  (SendStep | { readonly steps: readonly Step[] }) & { readonly judge?: NonNullable<Case['judge']> };

/** A case; one with a single step is written as that step. */
export const kase = (title: string, script: Script): Case => {
  const { settings, topology, announce, virtualOnly, notOnLinux, judge, ...rest } = script;
  const setup = { settings, topology, announce, virtualOnly, notOnLinux, judge };
  const known = Object.fromEntries(Object.entries(setup).filter(([, value]) => value !== undefined));
  return { title, steps: 'steps' in rest ? rest.steps : [rest], ...known };
};

/** A case that no datagram can show: a check of the program itself. It says what is wrong, or undefined. */
export const proof = (title: string, check: NonNullable<Case['proof']>): Case => ({
  title,
  steps: [],
  proof: check,
  virtualOnly: 'a check of the program, not of datagrams',
  notOnLinux: 'a check of the program, not of datagrams',
});

export const row = (
  id: string,
  level: Level,
  source: string,
  title: string,
  cases: readonly Case[],
): Row => ({ id, level, source, title, cases });

/** A row that cannot apply to this router, and why. */
export const inapplicable = (
  id: string,
  level: Level,
  source: string,
  title: string,
  why: string,
): Row<never> => ({
  id,
  level,
  source,
  title,
  cases: [],
  inapplicable: why,
});
