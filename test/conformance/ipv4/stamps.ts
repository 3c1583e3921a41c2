import * as ipv4 from '../../../src/ip/header.js';
import { uint32 } from '../../../src/ip/octets.js';
import { addressOctets } from '../../support/datagram.js';
import { type Case, kase } from '../case.js';
import { type Expectation, originated, passedOn } from '../expectation.js';
import { UTC_MILLISECONDS } from '../targets/memory.js';
import { ROUTER } from '../topology.js';
import { transit } from './sends.js';

export const EGRESS = addressOctets(ROUTER[1]);
export const EMPTY = [0, 0, 0, 0];
/** A slot that another router has used. */
export const USED = [192, 0, 2, 77];

/** Milliseconds since midnight UT that a router may have written: its clock runs, or is that of the memory target. */
const isNow = (time: number): boolean => {
  const isNear = (clock: number): boolean => Math.abs(time - clock) < 5000;
  return isNear(UTC_MILLISECONDS) || isNear(Date.now() % 86_400_000);
};

/** The datagram leaves with these options; at each of these octets of the header stands the time, whatever it is. */
const timed =
  (options: readonly number[], times: readonly number[]): Expectation =>
  (sent) => {
    const as = passedOn(transit({ options }));
    const id = ipv4.identification(sent.at(-1)!);
    const wanted = originated(1, as, {
      free: times.map((at) => [at, 4] as const),
      also: (octets) => {
        if (ipv4.identification(octets) !== id) return 'another identification';
        const wrong = times.map((at) => uint32(octets, at)).find((time) => !isNow(time));
        return wrong === undefined ? undefined : `${wrong} ms since midnight`;
      },
    });
    return wanted(sent);
  };

export const stamped = (
  title: string,
  before: readonly number[],
  after: readonly number[],
  ...times: readonly number[]
): Case => kase(title, { send: transit({ options: before }), on: 0, expect: [timed(after, times)] });
