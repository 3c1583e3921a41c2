import { ANYTHING, kase, proof, type Row, row } from '../../case.js';
import { forwarded, passedOn } from '../../expectation.js';
import { ROUTER } from '../../topology.js';
import { echoReply, error } from '../expects.js';
import { faultAfterMutations, loopFault, mutations } from '../proofs/robustness.js';
import { echoRequest, transit } from '../sends.js';

const hostUnreachable = error({ on: 0, type: 3, code: 1 });

export const robustness: readonly Row[] = [
  row('IF5', 'MUST', 'RFC 1122 §3.2.1.8', 'no octets, however wrong, stop the router', [
    kase('300 mutated datagrams, then an echo request', {
      steps: [
        { send: mutations(300, 5), on: 0, expect: ANYTHING },
        { send: echoRequest({ sequence: 4711 }), on: 0, expect: [echoReply({ on: 0 })] },
      ],
      virtualOnly: 'fragments in it are answered half a minute later',
      notOnLinux: 'fragments in it are answered half a minute later',
    }),
    proof('100,000 mutated datagrams: the book adds up, little is held, all that comes out is in order', () =>
      faultAfterMutations(100_000),
    ),
  ]),
  row('IF6', '—', 'RFC 791 §3.2', 'what goes in circles ends with its TTL', [
    kase('a neighbor sends everything back', {
      steps: [
        { send: transit({ ttl: 3 }), on: 0, expect: [forwarded({ on: 1 })] },
        { send: passedOn(transit({ ttl: 3 })), on: 1, expect: [forwarded({ on: 1 })] },
        {
          send: passedOn(passedOn(transit({ ttl: 3 }))),
          on: 1,
          expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
          drop: 'ttl-expired',
        },
      ],
    }),
    kase('a route by way of the router itself', {
      send: transit({ destination: '10.60.0.5' }),
      on: 0,
      expect: [hostUnreachable],
      drop: 'host-unreachable',
      topology: { routes: [{ to: '10.60.0.0/16', via: [ROUTER[1]] }] },
      notOnLinux: 'it takes no such route',
    }),
    proof('two routers that send all to each other: one 11/0 from where the TTL runs out', () =>
      [1, 2, 63, 64, 255].map(loopFault).find((fault) => fault !== undefined),
    ),
  ]),
];
