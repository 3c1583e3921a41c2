import type { DropReason } from '../../src/drop-reason.js';
import type { Duration } from '../../src/time.js';
import type { Expectation, Timed } from './expectation.js';
import type { IgmpWords, MulticastWords, ScopeWords } from './igmp/settings-words.js';
import type { SettingsChange } from './settings-change.js';
import type { Dut } from './target.js';
import type { ByPort, PortNumber, TopologyChange } from './topology.js';

/** How binding the source is; `MUST` and `SHOULD` stand for their negations too. */
export type Level = 'MUST' | 'SHOULD' | 'MAY' | '—';

/** One line of the table: what the RFCs ask of a router, and the cases that show it. */
export interface Row {
  readonly id: string;
  readonly level: Level;
  /** For example `RFC 1812 §5.2.7.3`. */
  readonly source: string;
  readonly title: string;
  readonly cases: readonly Case[];
  /** Why there is nothing to show; only where `cases` is empty. */
  readonly inapplicable?: string;
}

/** What a case needs that is not as in the usual topology. */
export interface Setup {
  /** The router's `icmp` and `ip` in the words of the configuration file. */
  readonly settings?: SettingsChange;
  readonly topology?: TopologyChange;
  /** Addresses beside the usual ones that hosts own. */
  readonly announce?: ByPort<readonly string[]>;
  /** The ports that run IGMP, and how; none unless told. */
  readonly igmpOn?: ByPort<IgmpWords>;
  /** How far multicast goes. */
  readonly scopeOn?: ByPort<ScopeWords>;
  readonly multicast?: MulticastWords;
  /** How long the router has run when the case begins; none of what it said until then counts. */
  readonly settles?: Duration;
  /** The case begins in the moment when the router does, and all that it says from then on counts. */
  readonly fromStart?: boolean;
  /** What the router says of its own accord, and the case is not about: it is left out everywhere. */
  readonly leavesOut?: ((octets: Uint8Array) => boolean) | undefined;
  /** Why it is run in virtual time only, for example because it takes minutes. Other routers are not meant. */
  readonly virtualOnly?: string;
  /** Why it is not run on Linux. */
  readonly notOnLinux?: string;
  /** It is about intervals that follow from others: whoever has settings for them, and does not work them out, keeps its own. */
  readonly intervalsFollow?: boolean;
  /** What it shows is inside the router, and what comes out is only how to get there. */
  readonly isInside?: boolean;
}

/** One thing to try on a fresh router: datagrams go in, and these come out, octet for octet, and no others. */
export interface Case extends Setup {
  readonly title: string;
  readonly steps: readonly Step[];
  /** Looks at all that came out, with times from the beginning of the case; says what is wrong, or undefined. */
  readonly judge?: (outputs: readonly Output[]) => string | undefined;
  /** For what no datagram can show: says what is wrong, or undefined. Such a case has no steps. */
  readonly proof?: () => string | undefined | Promise<string | undefined>;
  /** Why it is known to fail: something is not built yet. The test turns red when it is. */
  readonly notBuilt?: string;
}

/** What came out of the router. */
export interface Output {
  readonly on: PortNumber;
  readonly octets: Uint8Array;
  /** In milliseconds since the target was prepared. */
  readonly at: number;
}

/** One thing after another, in the order in which they stand here; what comes out meanwhile is to be as expected. */
export interface Step {
  /** What is done to the router from inside, and in virtual time only. */
  readonly does?: (dut: Dut) => void;
  readonly setDown?: PortNumber;
  readonly setUp?: PortNumber;
  /** The device of a port is deleted. */
  readonly remove?: PortNumber;
  readonly setMtu?: ByPort<number>;
  readonly send?: Uint8Array | readonly Uint8Array[];
  /** The port that `send` comes in by; 0 unless told. */
  readonly on?: PortNumber;
  readonly wait?: Duration;
  /** All that comes out, on each port in this order; nothing unless told, and anything by `ANYTHING`. */
  readonly expect?: readonly (Expectation | Timed)[] | typeof ANYTHING;
  /** What is counted as dropped, each reason as often as it is; nothing unless told, and not looked at with `ANYTHING`. */
  readonly drop?: DropReason | readonly DropReason[];
  /** All groups of ports afterwards, in the words of `igmp/groups.ts`; ports that are not named are not looked at. */
  readonly groups?: ByPort<readonly string[]>;
  /** Who is the querier of ports afterwards. */
  readonly querier?: ByPort<string>;
  /** What IGMP counts in the step, over all ports: `received report-v3`, `refused ssm-range`, each as often as it is. */
  readonly counted?: readonly string[];
  /** The IGMP events of the step but for queries: `join 239.1.1.1`, `leave 239.1.1.1 10.13.0.1`. */
  readonly events?: readonly string[];
  /** Looks at the router afterwards; says what is wrong, or undefined. */
  readonly check?: (dut: Dut) => string | undefined;
}

/** Where any number of datagrams may come out and drops are not looked at: `judge` says what is right. */
export const ANYTHING = 'anything';

/** A case as it is written: with a single step, that step stands among the setup. */
export type Script = Setup & Pick<Case, 'judge'> & (Step | { readonly steps: readonly Step[] });

const OF_THE_CASE: Readonly<Record<Exclude<keyof Case, 'title' | 'steps' | 'proof' | 'notBuilt'>, true>> = {
  settings: true,
  topology: true,
  announce: true,
  igmpOn: true,
  scopeOn: true,
  multicast: true,
  settles: true,
  fromStart: true,
  leavesOut: true,
  virtualOnly: true,
  notOnLinux: true,
  intervalsFollow: true,
  isInside: true,
  judge: true,
};

/** A case of the usual topology. */
export const kase = (title: string, script: Script): Case => {
  const { steps, ...rest } = { steps: undefined, ...script };
  const entries = Object.entries(rest).filter(([, value]) => value !== undefined);
  const setup = Object.fromEntries(entries.filter(([key]) => key in OF_THE_CASE));
  const step = Object.fromEntries(entries.filter(([key]) => !(key in OF_THE_CASE)));
  return { title, ...setup, steps: steps ?? [step] };
};

const NO_DATAGRAMS = 'a check of the program, not of datagrams';

/** A case that no datagram can show: a check of the program itself. It says what is wrong, or undefined. */
export const proof = (title: string, check: NonNullable<Case['proof']>): Case => ({
  title,
  steps: [],
  proof: check,
  virtualOnly: NO_DATAGRAMS,
  notOnLinux: NO_DATAGRAMS,
});

/** The same case, which cannot pass yet. */
export const notBuilt = (why: string, each: Case): Case => ({ ...each, notBuilt: why });

export const row = (
  id: string,
  level: Level,
  source: string,
  title: string,
  cases: readonly Case[],
): Row => ({ id, level, source, title, cases });

/** A row that cannot apply to this router, and why. */
export const inapplicable = (id: string, level: Level, source: string, title: string, why: string): Row => ({
  id,
  level,
  source,
  title,
  cases: [],
  inapplicable: why,
});

/** How long a case waits in all, in milliseconds. */
export const waitOf = ({ steps }: Pick<Case, 'steps'>): number =>
  steps.reduce((sum, step) => sum + (step.wait ?? 0), 0);

/** What waits longer than this in all, in milliseconds, is better not waited for by others. */
export const LONG = 3000;

export const sentBy = ({ send = [] }: Step): readonly Uint8Array[] =>
  send instanceof Uint8Array ? [send] : send;
