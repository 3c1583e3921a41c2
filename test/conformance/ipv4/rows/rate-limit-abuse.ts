import { RateLimiter } from '../../../../src/icmp/rate-limit.js';
import { seededRandom } from '../../../../src/random.js';
import { START } from '../../../../src/time.js';
import { kase, proof, type Row, row } from '../../case.js';
import { allowedAtOnce, answersTo, isForgottenAfter, outside, virtualRouter } from '../proofs/limits.js';
import { BURST, expired, SLOW, source, times, ttlError } from './rate-limit.js';

export const rateLimitAbuse: readonly Row[] = [
  row('RL6', '—', 'RFC 1812 §4.3.2.8', 'what is left of the limit tells nobody about the errors of others', [
    kase('a flood from one host uses up nothing of what others get', {
      steps: [
        {
          send: times(300, () => expired()),
          on: 0,
          expect: times(BURST, ttlError),
          drop: times(300, () => 'ttl-expired' as const),
        },
        {
          send: times(10, (at) => expired(source(at + 100))),
          on: 0,
          expect: times(10, (at) => ttlError(300 + at)),
          drop: times(10, () => 'ttl-expired' as const),
        },
      ],
      settings: SLOW,
    }),
    proof('how many errors the common limit allows differs from time to time', () => {
      const counts = new Set(times(20, (seed) => allowedAtOnce(seed + 1)));
      return counts.size >= 5 ? undefined : `only ${[...counts].join(', ')}`;
    }),
    proof('each router has a limit of its own', () => {
      const [one, other] = [virtualRouter(SLOW), virtualRouter(SLOW)];
      for (let at = 0; at < 200; at += 1) answersTo(one, expired(source(at)));
      return answersTo(other, expired()) === 1 ? undefined : 'the errors of one were charged to the other';
    }),
  ]),
  row(
    'RL7',
    'MUST',
    'RFC 1812 §4.3.2.8',
    'a flood from many forged sources does not make the router remember them all',
    [
      proof('a destination is remembered while 4000 others come, and forgotten after 5000', () => {
        if (isForgottenAfter(4000)) return 'forgotten after 4000';
        return isForgottenAfter(5000) ? undefined : 'remembered after 5000';
      }),
      proof('once the common limit is used up, no destination is remembered any more', () => {
        const limits = { perSecond: 0, burst: 6, perDestination: { perSecond: 0, burst: 2 } };
        const limiter = new RateLimiter(limits, seededRandom(1), START);
        let allowed = 0;
        for (let destination = 1; destination <= 100_000; destination += 1)
          if (limiter.allows(destination, START)) allowed += 1;
        return outside(allowed, 3, 20);
      }),
    ],
  ),
];
