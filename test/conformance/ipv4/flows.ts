import { FLAG_MORE_FRAGMENTS } from '../../../src/ip/header.js';
import { pattern } from '../../support/datagram.js';
import { ANYTHING, type Step } from '../case.js';
import { HOST } from '../topology.js';
import { icmpErrorAbout, transit, udp } from './sends.js';

export const FLOWS = Array.from({ length: 40 }, (_, at) => at);
export const L4 = { ip: { 'ecmp-hash': 'l4' } } as const;

/** One datagram of a flow towards the two equal ways, told by its identification. */
export const ofFlow = (flow: number, fields: Parameters<typeof transit>[0] = {}): Uint8Array =>
  transit({ id: flow + 1, destination: `10.30.0.${flow + 1}`, payload: udpOf(flow), ...fields });

const udpOf = (flow: number): Uint8Array =>
  udp({ sourcePort: 5000 + flow, destinationPort: 53, data: pattern(56) });

export const inFragments = (flow: number): Uint8Array[] => [
  ofFlow(flow, { flags: FLAG_MORE_FRAGMENTS, payload: udpOf(flow) }),
  ofFlow(flow, { offset: 64, payload: pattern(32) }),
];

/** An error about what the far end of a flow sent, on its way back to it. */
export const errorInFlow = (flow: number): Uint8Array => {
  const original = transit({
    source: `10.30.0.${flow + 1}`,
    destination: HOST[0],
    payload: udp({ sourcePort: 53, destinationPort: 5000 + flow }),
  });
  return ofFlow(flow, { protocol: 1, payload: icmpErrorAbout(original, 3, 3) });
};

/** Many flows, a few at a time so that no device's queue overflows. */
export const manyFlows = (network: string): Step[] =>
  Array.from({ length: 30 }, (_, round) => ({
    send: Array.from({ length: 100 }, (_, at) => transit({ destination: `${network}.${round}.${at + 1}` })),
    on: 0 as const,
    expect: ANYTHING,
  }));
