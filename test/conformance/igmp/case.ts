import type { DropReason } from '../../../src/drop-reason.js';
import type { Duration } from '../../../src/time.js';
import type { Level, PortNumber, Row, Setup } from '../case.js';
import type { Expectation } from '../expectation.js';
import type { Dut, TimedOutput } from './target.js';
import type { IgmpWords, MulticastWords, ScopeWords } from './words.js';

/** What a case needs that is not as usual. */
export interface IgmpSetup extends Pick<Setup, 'settings' | 'topology' | 'announce' | 'virtualOnly'> {
  /** Of ports 0, 1 and 2. */
  readonly igmp?: IgmpWords;
  /** Of single ports; `none` where IGMP is not run. */
  readonly igmpOn?: Readonly<Partial<Record<PortNumber, IgmpWords | 'none'>>>;
  /** How far multicast goes by single ports. */
  readonly scopeOn?: Readonly<Partial<Record<PortNumber, ScopeWords>>>;
  readonly multicast?: MulticastWords;
  /** It is about intervals that follow from others: whoever has settings for them, and does not work them out, keeps its own. */
  readonly intervalsFollow?: boolean;
  /** What it shows is inside the router, and what comes out is only how to get there. */
  readonly isInside?: boolean;
  /** General queries of the router are expectations like all else; without it they are left out everywhere. */
  readonly generalQueries?: boolean;
  /** The case begins at the moment when the router does, and not a second later. General queries are not left out. */
  readonly fromStart?: boolean;
}

/** Something that comes out at a moment of a step: `at(31.25, generalQuery())`. */
export interface Timed {
  /** In seconds from the beginning of the step. */
  readonly at: number;
  readonly expectation: Expectation;
}

/** One thing after another: first `does`, then `send`, then `wait`; what comes out meanwhile is to be as expected. */
export interface IgmpStep {
  /** What is done to the router from inside, and in virtual time only. */
  readonly does?: (dut: Dut) => void;
  readonly setDown?: PortNumber;
  readonly setUp?: PortNumber;
  readonly send?: Uint8Array | readonly Uint8Array[];
  /** The port that `send` comes in by; 0 unless told. */
  readonly on?: PortNumber;
  readonly wait?: Duration;
  /** All that comes out, on each port in this order; nothing unless told, and anything by `ANYTHING`. */
  readonly expect?: readonly (Expectation | Timed)[] | typeof ANYTHING;
  /** What is counted as dropped; nothing unless told, and not looked at where `expect` is `ANYTHING`. */
  readonly drop?: DropReason | readonly DropReason[];
  /** All groups of ports afterwards, in the words of `groups.ts`; ports that are not named are not looked at. */
  readonly groups?: Readonly<Partial<Record<PortNumber, readonly string[]>>>;
  /** Who has the office on ports afterwards. */
  readonly querier?: Readonly<Partial<Record<PortNumber, string>>>;
  /** What IGMP counts in the step, over all ports: `received report-v3`, `refused ssm-range`, each as often as it is. */
  readonly counted?: readonly string[];
  /** The IGMP events of the step but for queries: `join 239.1.1.1`, `leave 239.1.1.1 10.13.0.1`. */
  readonly events?: readonly string[];
  /** Looks at the router afterwards; says what is wrong, or undefined. In virtual time only. */
  readonly check?: (dut: Dut) => string | undefined;
}

export const ANYTHING = 'anything';

/** One thing to try on a fresh router. */
export interface IgmpCase extends IgmpSetup {
  readonly title: string;
  readonly steps: readonly IgmpStep[];
  /** Looks at all that came out; its times are from the beginning of the case. */
  readonly judge?: (outputs: readonly TimedOutput[]) => string | undefined;
  /** For what no datagram can show: says what is wrong, or undefined. Such a case has no steps. */
  readonly proof?: () => string | undefined | Promise<string | undefined>;
  /** Why it is known to fail: something is not built yet. The test turns red when it is. */
  readonly notBuilt?: string;
}

/** The same case, which cannot pass yet. */
export const notBuilt = (why: string, each: IgmpCase): IgmpCase => ({ ...each, notBuilt: why });

/** How long a case waits in all, in milliseconds. */
export const waitOf = ({ steps }: Pick<IgmpCase, 'steps'>): number =>
  steps.reduce((sum, step) => sum + (step.wait ?? 0), 0);

/** What waits longer than this in all, in milliseconds, is better not waited for by others. */
export const LONG = 3000;

export type IgmpRow = Row<IgmpCase>;

type Script = IgmpSetup & Pick<IgmpCase, 'judge'> & (IgmpStep | { readonly steps: readonly IgmpStep[] });

const SETUP_KEYS = new Set([
  'settings', 'topology', 'announce', 'virtualOnly', 'igmp', 'igmpOn', 'scopeOn', 'multicast', 'intervalsFollow',
  'isInside', 'generalQueries', 'fromStart', 'judge',
]); // biome-ignore format: a list

/** A case; one with a single step is written as that step. */
export const kase = (title: string, script: Script): IgmpCase => {
  const { steps, ...rest } = { steps: undefined, ...script };
  const entries = Object.entries(rest);
  const setup = Object.fromEntries(entries.filter(([key]) => SETUP_KEYS.has(key)));
  const step = Object.fromEntries(entries.filter(([key]) => !SETUP_KEYS.has(key)));
  return { title, ...setup, steps: steps ?? [step] };
};

/** A case that no datagram can show: a check of the program itself. It says what is wrong, or undefined. */
export const proof = (title: string, check: NonNullable<IgmpCase['proof']>): IgmpCase => ({
  title,
  steps: [],
  proof: check,
  virtualOnly: 'a check of the program, not of datagrams',
});

export const row = (
  id: string,
  level: Level,
  source: string,
  title: string,
  cases: readonly IgmpCase[],
): IgmpRow => ({ id, level, source, title, cases });

export { inapplicable } from '../case.js';
