import { kase, type Row, row } from '../../case.js';
import { forwarded } from '../../expectation.js';
import { ROUTER } from '../../topology.js';
import { echoReply } from '../expects.js';
import { echoRequest, transit } from '../sends.js';

const LIMITED = '255.255.255.255';
/** The directed broadcast addresses of ports 0 and 1, and what they were long ago. */
const HERE = '10.0.1.255';
const THERE = '10.0.2.255';
const OLD_HERE = '10.0.1.0';
const OLD_THERE = '10.0.2.0';

export const broadcasts: readonly Row[] = [
  row(
    'LD3',
    'MUST',
    'RFC 1812 §5.3.5.1',
    'the limited broadcast is never forwarded and never answered with an error',
    [
      kase('UDP to a closed port', {
        send: transit({ destination: LIMITED }),
        on: 0,
        drop: 'port-unreachable',
      }),
      kase('with TTL 1', {
        send: transit({ destination: LIMITED, ttl: 1 }),
        on: 0,
        drop: 'port-unreachable',
      }),
      kase('an echo request is ignored unless the settings say otherwise', {
        send: echoRequest({ destination: LIMITED }),
        on: 0,
        drop: 'icmp-ignored',
      }),
      kase('an echo request with echo-broadcast on is answered by the address of the port', {
        settings: { icmp: { 'echo-broadcast': true } },
        send: echoRequest({ destination: LIMITED }),
        on: 0,
        expect: [echoReply({ on: 0, from: ROUTER[0] })],
      }),
    ],
  ),
  row(
    'LD4',
    'MUST',
    'RFC 2644 §3',
    'the directed broadcast of the ingress network is received only by leave, and never answered with an error',
    [
      kase('UDP', { send: transit({ destination: HERE }), on: 0, drop: 'broadcast' }),
      kase('UDP with TTL 1', { send: transit({ destination: HERE, ttl: 1 }), on: 0, drop: 'broadcast' }),
      kase('an echo request', { send: echoRequest({ destination: HERE }), on: 0, drop: 'broadcast' }),
      kase('received by leave, and still no error', {
        settings: { ip: { 'directed-broadcast': true } },
        send: transit({ destination: HERE }),
        on: 0,
        drop: 'port-unreachable',
      }),
      kase('an echo request with echo-broadcast on is answered', {
        settings: { icmp: { 'echo-broadcast': true } },
        send: echoRequest({ destination: HERE }),
        on: 0,
        expect: [echoReply({ on: 0, from: ROUTER[0] })],
      }),
    ],
  ),
  row(
    'LD5',
    'MUST',
    'RFC 2644 §3',
    'the directed broadcast of another attached network is forwarded only by leave',
    [
      kase('not forwarded', { send: transit({ destination: THERE }), on: 0, drop: 'broadcast' }),
      kase('not answered with TTL 1 either', {
        send: transit({ destination: THERE, ttl: 1 }),
        on: 0,
        drop: 'broadcast',
      }),
      kase('an echo request is not answered', {
        send: echoRequest({ destination: THERE }),
        on: 0,
        drop: 'broadcast',
      }),
      kase('forwarded by leave', {
        settings: { ip: { 'directed-broadcast': true } },
        send: transit({ destination: THERE }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
      kase('by leave with TTL 1 it ends without an error', {
        settings: { ip: { 'directed-broadcast': true } },
        send: transit({ destination: THERE, ttl: 1 }),
        on: 0,
        drop: 'ttl-expired',
      }),
    ],
  ),
  row('LD6', 'SHOULD', 'RFC 1812 §4.2.3.1 (2)', '{net, 0} of an attached network is dropped without a word', [
    kase('of the ingress network', { send: transit({ destination: OLD_HERE }), on: 0, drop: 'broadcast' }),
    kase('of another one', { send: transit({ destination: OLD_THERE }), on: 0, drop: 'broadcast' }),
    kase('of another one with TTL 1', {
      send: transit({ destination: OLD_THERE, ttl: 1 }),
      on: 0,
      drop: 'broadcast',
    }),
  ]),
];
