import { milliseconds, seconds } from '../../../../src/time.js';
import { kase, type Row, row, type Step } from '../../case.js';
import { forwarded } from '../../expectation.js';
import { USUAL_RATE_LIMIT } from '../../settings-change.js';
import { GATEWAY } from '../../topology.js';
import { redirect } from '../expects.js';
import { detour, onlyForwarded, toldAndForwarded } from './redirects.js';

/** How long a host that does not listen is left in peace after its first redirect, its second …, in milliseconds. */
const PAUSES = [20, 40, 80, 160, 320, 640, 1280, 2560] as const;

const stubbornHost: readonly Step[] = [
  { send: detour(), on: 0, expect: toldAndForwarded },
  ...PAUSES.flatMap((pause): Step[] => [
    { wait: milliseconds(pause - 5) },
    { send: detour(), on: 0, expect: onlyForwarded },
    { wait: milliseconds(5) },
    { send: detour(), on: 0, expect: toldAndForwarded },
  ]),
  { wait: seconds(10) },
  { send: detour(), on: 0, expect: onlyForwarded },
  { wait: seconds(20) },
  { send: detour(), on: 0, expect: onlyForwarded },
  { wait: seconds(20.5) },
  { send: detour(), on: 0, expect: toldAndForwarded },
];

const manyHosts = Array.from({ length: 180 }, (_, at) => `10.0.1.${at + 11}`);
const manyDestinations = Array.from({ length: 14 }, (_, at) => `10.9.1.${at + 1}`);

export const redirectLimits: readonly Row[] = [
  row('RD10', 'SHOULD', 'RFC 1812 §4.3.2.8', 'a host that does not listen is told less and less often', [
    kase('nine times, at distances that double from 20 ms, and anew after 20.48 s of quiet', {
      steps: stubbornHost,
      virtualOnly: 'it takes a minute',
    }),
    kase('a host is told about each of its destinations', {
      send: manyDestinations.map((destination) => detour({ destination })),
      on: 0,
      expect: manyDestinations.flatMap((_, of) => [
        redirect({ on: 0, gateway: GATEWAY[0], of }),
        forwarded({ on: 0, of }),
      ]),
    }),
  ]),
  row('RD11', '—', 'RFC 1812 §4.3.2.8', 'redirects are not charged to the limit of errors', [
    kase('one for each of 180 hosts at once', {
      send: manyHosts.map((source) => detour({ source })),
      on: 0,
      expect: manyHosts.flatMap((_, of) => [
        redirect({ on: 0, gateway: GATEWAY[0], of }),
        forwarded({ on: 0, of }),
      ]),
      settings: { icmp: { 'rate-limit': USUAL_RATE_LIMIT } },
    }),
  ]),
];
