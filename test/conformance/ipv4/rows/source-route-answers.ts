import { kase, type Row, row } from '../../case.js';
import { forwarded, passedOn } from '../../expectation.js';
import { GATEWAY, NO_ROUTE, OTHER_HOST, REMOTE, ROUTER } from '../../topology.js';
import { echoReply, error } from '../expects.js';
import { FOLLOWING } from '../option-cases.js';
import { echoRequest, transit } from '../sends.js';
import { KINDS, LOOSE, PASSED, route, STRICT } from '../source-route-cases.js';

/** An echo request whose route is at its end is answered along it, back to front. */
const reversed = (title: string, came: readonly number[], goes: readonly number[], to: string) =>
  kase(title, {
    settings: FOLLOWING,
    send: echoRequest({ source: REMOTE[0], options: came }),
    on: 0,
    expect: [echoReply({ on: 0, to, options: goes })],
  });

export const sourceRouteAnswers: readonly Row[] = [
  row('OP34', 'MUST', 'RFC 1812 §4.3.3.6', 'what came by a source route is answered by the same way back', [
    ...KINDS.flatMap(([kind, type]) => [
      reversed(`${kind}, one stop`, route(type, 1, GATEWAY[0]), route(type, 0, REMOTE[0]), GATEWAY[0]),
      reversed(
        `${kind}, two stops`,
        route(type, 2, '10.9.7.7', GATEWAY[0]),
        route(type, 0, '10.9.7.7', REMOTE[0]),
        GATEWAY[0],
      ),
    ]),
  ]),
  row(
    'OP35',
    'MUST',
    'RFC 1812 §4.2.2.1 (c)',
    'a recorded route that wrongly begins with its sender is turned round all the same',
    [
      reversed(
        'the sender and one stop',
        route(LOOSE, 2, REMOTE[0], GATEWAY[0]),
        route(LOOSE, 0, REMOTE[0]),
        GATEWAY[0],
      ),
      reversed(
        'the sender and two stops',
        route(LOOSE, 3, REMOTE[0], '10.9.7.7', GATEWAY[0]),
        route(LOOSE, 0, '10.9.7.7', REMOTE[0]),
        GATEWAY[0],
      ),
    ],
  ),
  row(
    'OP36',
    'SHOULD',
    'RFC 1812 §4.3.2.6',
    'an error goes back by the part of the source route that was travelled',
    [
      kase('TTL 1 after one stop', {
        settings: FOLLOWING,
        send: transit({ source: REMOTE[0], ttl: 1, options: route(LOOSE, 1, GATEWAY[0], REMOTE[2]) }),
        on: 0,
        expect: [error({ on: 0, type: 11, code: 0, to: GATEWAY[0], options: route(LOOSE, 0, REMOTE[0]) })],
        drop: 'ttl-expired',
      }),
      kase('no route to the third stop', {
        settings: FOLLOWING,
        send: transit({
          source: REMOTE[0],
          destination: ROUTER[0],
          options: route(STRICT, 2, '10.9.7.7', GATEWAY[0], NO_ROUTE),
        }),
        on: 0,
        expect: [
          error({
            on: 0,
            type: 3,
            code: 5,
            to: GATEWAY[0],
            options: route(STRICT, 0, '10.9.7.7', REMOTE[0]),
          }),
        ],
        drop: 'source-route',
      }),
      kase('nothing was travelled yet', {
        settings: FOLLOWING,
        send: transit({ source: REMOTE[0], ttl: 1, options: route(LOOSE, 0, REMOTE[2]) }),
        on: 0,
        expect: [error({ on: 0, type: 11, code: 0 })],
        drop: 'ttl-expired',
      }),
      kase('not an error about that very option', {
        settings: FOLLOWING,
        send: transit({ source: REMOTE[0], options: route(STRICT, 1, GATEWAY[0], REMOTE[2]) }),
        on: 0,
        expect: [error({ on: 0, type: 12, code: 0, parameter: 16 * 0x100_0000 })],
        drop: 'bad-option',
      }),
    ],
  ),
  row('OP37', 'MUST', 'RFC 1812 §5.2.7.2', 'what comes by a source route is never redirected', [
    kase('to a gateway on the port that it came in by', {
      settings: FOLLOWING,
      send: transit({ destination: REMOTE[0], options: route(LOOSE, 0, REMOTE[1]) }),
      on: 0,
      expect: [forwarded({ on: 0 })],
    }),
    kase('to a next stop on the port that it came in by', {
      settings: FOLLOWING,
      send: transit({ destination: ROUTER[0], options: route(LOOSE, 0, OTHER_HOST[0]) }),
      on: 0,
      expect: [
        forwarded({
          on: 0,
          as: passedOn(transit({ destination: OTHER_HOST[0], options: route(LOOSE, 1, ROUTER[0]) })),
        }),
      ],
    }),
    kase('exhausted, and not followed here', {
      settings: PASSED.settings,
      send: transit({ destination: REMOTE[0], options: route(LOOSE, 1, GATEWAY[0]) }),
      on: 0,
      expect: [forwarded({ on: 0 })],
    }),
  ]),
];
