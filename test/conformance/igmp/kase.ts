import { seconds } from '../../../src/time.js';
import { type Case, type Setup, type Step, kase as usualKase } from '../case.js';
import { type ByPort, PORTS } from '../topology.js';
import { ROUTER } from './addresses.js';
import { isGeneralQuery } from './queries.js';
import type { IgmpWords } from './settings-words.js';

/** What a case of IGMP needs that is not as usual there. */
export interface IgmpSetup extends Omit<Setup, 'igmpOn' | 'settles' | 'leavesOut'> {
  /** Of ports 0, 1 and 2. */
  readonly igmp?: IgmpWords;
  /** Of single ports; `none` where IGMP is not run. */
  readonly igmpOn?: ByPort<IgmpWords | 'none'>;
  /** General queries of the router are expectations like all else, as they are `fromStart`; they are left out unless told. */
  readonly generalQueries?: boolean;
}

type IgmpScript = IgmpSetup & Pick<Case, 'judge'> & (Step | { readonly steps: readonly Step[] });

/** A case of IGMP; one with a single step is written as that step. */
export const kase = (title: string, script: IgmpScript): Case => usualKase(title, igmpSetup(script));

/** By then the first queries have gone out by all ports. */
const SETTLED = seconds(1);

const ALL_1500 = { 0: 1500, 1: 1500, 2: 1500, 3: 1500 };

/** The usual setup of IGMP: on ports 0 to 2, and none on port 3, behind which the sources are. */
export const igmpSetup = <Rest>(script: IgmpSetup & Rest) => {
  const { igmp = {}, igmpOn, generalQueries = false, topology, ...rest } = script;
  const { fromStart = false } = rest;
  const wordsOn = PORTS.map((port) => [port, igmpOn?.[port] ?? (port === 3 ? 'none' : igmp)] as const);
  return {
    ...rest,
    topology: {
      ...topology,
      addresses: {
        ...Object.fromEntries(PORTS.map((port) => [port, [`${ROUTER[port]}/24`]])),
        ...topology?.addresses,
      },
      mtu: { ...ALL_1500, ...topology?.mtu },
    },
    igmpOn: Object.fromEntries(wordsOn.filter(([, words]) => words !== 'none')),
    ...(fromStart ? {} : { settles: SETTLED }),
    ...(fromStart || generalQueries ? {} : { leavesOut: isGeneralQuery }),
  };
};
