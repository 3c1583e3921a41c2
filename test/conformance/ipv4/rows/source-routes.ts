import { kase, type Row, row } from '../../case.js';
import {
  BLACKHOLED,
  GATEWAY,
  HOST,
  NO_ROUTE,
  NOBODY_AT,
  ONLY_BY_TOS,
  PROHIBITED,
  REMOTE,
  ROUTER,
  UNREACHABLE,
} from '../../topology.js';
import { echoReply, error } from '../expects.js';
import { FOLLOWING, problem, refused, rewritten, untouched } from '../option-cases.js';
import { echoRequest, transit } from '../sends.js';
import { KINDS, LOOSE, PASSED, route, STRICT } from '../source-route-cases.js';

const TO_ROUTER = { destination: ROUTER[0] };
const FOLLOWED = { settings: FOLLOWING, fields: TO_ROUTER };

/** Settings follow source routes, and a stop of this one cannot be reached. */
const failing = (title: string, options: readonly number[]) =>
  kase(title, {
    settings: FOLLOWING,
    send: transit({ ...TO_ROUTER, options }),
    on: 0,
    expect: [error({ on: 0, type: 3, code: 5 })],
    drop: 'source-route',
  });

export const sourceRoutes: readonly Row[] = [
  row(
    'OP24',
    'MUST',
    'RFC 1812 §5.2.3, §5.3.13.4, §4.2.2.2',
    'a loose source route goes on to its next stop, and the egress takes its slot',
    [
      rewritten(
        'to a neighbor',
        route(LOOSE, 0, HOST[1]),
        { destination: HOST[1], options: route(LOOSE, 1, ROUTER[1]) },
        FOLLOWED,
      ),
      rewritten(
        'to somewhere behind a gateway, the second stop',
        route(LOOSE, 1, REMOTE[0], REMOTE[1], REMOTE[2]),
        { destination: REMOTE[1], options: route(LOOSE, 2, REMOTE[0], ROUTER[1], REMOTE[2]) },
        FOLLOWED,
      ),
      rewritten(
        'to the address of another port',
        route(LOOSE, 0, HOST[1]),
        { destination: HOST[1], options: route(LOOSE, 1, ROUTER[1]) },
        { settings: FOLLOWING, fields: { destination: ROUTER[3] } },
      ),
      refused('not unless the settings say so', route(LOOSE, 0, HOST[1]), { fields: TO_ROUTER }),
    ],
  ),
  row('OP25', 'MUST', 'RFC 1812 §5.2.3', 'stops in a row that are all ours are passed at once', [
    rewritten(
      'two of ours, then a neighbor',
      route(LOOSE, 0, ROUTER[1], ROUTER[2], HOST[1]),
      { destination: HOST[1], options: route(LOOSE, 3, ROUTER[1], ROUTER[1], ROUTER[1]) },
      FOLLOWED,
    ),
    kase('the last one is ours: delivered, and answered by it', {
      settings: FOLLOWING,
      send: echoRequest({ options: route(LOOSE, 0, ROUTER[1], ROUTER[2]) }),
      on: 0,
      expect: [echoReply({ on: 0, from: ROUTER[2] })],
    }),
  ]),
  row('OP26', 'MUST', 'RFC 1812 §5.2.4.1', 'a loose source route to somebody else is not touched', [
    untouched('not begun', route(LOOSE, 0, REMOTE[2]), { settings: FOLLOWING }),
    untouched('under way', route(LOOSE, 1, REMOTE[0], ROUTER[1]), { settings: FOLLOWING }),
  ]),
  row('OP27', 'MUST', 'RFC 1812 §5.2.4.3, §4.3.3.1', 'a next stop that cannot be reached is 3/5', [
    failing('no route', route(LOOSE, 0, NO_ROUTE)),
    failing('no route for this type of service', route(LOOSE, 0, ONLY_BY_TOS)),
    failing('a neighbor that is not there', route(LOOSE, 0, NOBODY_AT[1])),
    failing('an unreachable route', route(LOOSE, 0, UNREACHABLE)),
    failing('no route behind stops of ours', route(LOOSE, 0, ROUTER[1], NO_ROUTE)),
    failing('a group', route(LOOSE, 0, '239.1.2.3')),
    failing('the limited broadcast', route(LOOSE, 0, '255.255.255.255')),
    failing('a directed broadcast', route(LOOSE, 0, '10.0.2.255')),
    kase('a blackhole route stays silent', {
      settings: FOLLOWING,
      send: transit({ ...TO_ROUTER, options: route(LOOSE, 0, BLACKHOLED) }),
      on: 0,
      drop: 'blackhole',
    }),
    kase('a prohibit route stays 3/13', {
      settings: FOLLOWING,
      send: transit({ ...TO_ROUTER, options: route(LOOSE, 0, PROHIBITED) }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 13 })],
      drop: 'prohibit-route',
    }),
    kase('a port that does not forward stays silent', {
      settings: FOLLOWING,
      topology: { forwardingOff: [0] },
      send: transit({ ...TO_ROUTER, options: route(LOOSE, 0, HOST[1]) }),
      on: 0,
      drop: 'forwarding-off',
    }),
    kase('an address that may not be routed stays silent', {
      settings: FOLLOWING,
      send: transit({ ...TO_ROUTER, options: route(LOOSE, 0, '127.0.0.1') }),
      on: 0,
      drop: 'martian-destination',
    }),
    kase('no route of somebody else is 3/0', {
      settings: FOLLOWING,
      send: transit({ destination: NO_ROUTE, options: route(LOOSE, 0, HOST[1]) }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 0 })],
      drop: 'no-route',
    }),
  ]),
  row('OP28', 'MUST', 'RFC 1812 §5.2.4.3', 'a strict source route goes on to a neighbor', [
    rewritten(
      'the first stop',
      route(STRICT, 0, HOST[1]),
      { destination: HOST[1], options: route(STRICT, 1, ROUTER[1]) },
      FOLLOWED,
    ),
    rewritten(
      'the gateway itself, others follow',
      route(STRICT, 0, GATEWAY[1], REMOTE[1]),
      { destination: GATEWAY[1], options: route(STRICT, 1, ROUTER[1], REMOTE[1]) },
      FOLLOWED,
    ),
    refused('not unless the settings say so', route(STRICT, 0, HOST[1]), { fields: TO_ROUTER }),
  ]),
  row('OP29', 'MUST', 'RFC 1812 §5.2.4.3', 'a strict source route to what is no neighbor is 3/5', [
    failing('somewhere behind a gateway', route(STRICT, 0, REMOTE[1])),
    failing('no route', route(STRICT, 0, NO_ROUTE)),
    failing('a neighbor that is not there', route(STRICT, 0, NOBODY_AT[1])),
  ]),
  row(
    'OP30',
    'SHOULD',
    'RFC 1812 §5.2.2',
    'a strict source route that went astray is answered with 12/0 about its destination',
    [
      problem('under way', route(STRICT, 0, REMOTE[2]), 16, { settings: FOLLOWING }),
      problem('exhausted', route(STRICT, 1, ROUTER[0]), 16, { settings: FOLLOWING }),
    ],
  ),
  row('OP31', 'SHOULD', 'RFC 1812 §5.2.4.1', 'a second source route is answered with 12/0', [
    ...KINDS.flatMap(([first, one]) =>
      KINDS.map(([second, other]) =>
        problem(
          `${first}, then ${second}`,
          [...route(one, 0, HOST[1]), 1, ...route(other, 0, HOST[1])],
          28,
          FOLLOWED,
        ),
      ),
    ),
    problem('whatever the settings are', [...route(LOOSE, 0, HOST[1]), ...route(STRICT, 0, HOST[1])], 27),
  ]),
  row('OP32', 'SHOULD', 'RFC 792', 'a source route with less than a slot left is answered with 12/0', [
    ...KINDS.flatMap(([kind, type]) => [
      problem(`${kind}, 2 octets left`, [type, 7, 6, 0, 0, 0, 0], 22, FOLLOWED),
      problem(`${kind}, a pointer into its head`, [type, 7, 3, 0, 0, 0, 0], 22, FOLLOWED),
      problem(`${kind}, no pointer`, [type, 2, 0, 0], 21, FOLLOWED),
    ]),
  ]),
  row('OP33', 'SHOULD', 'RFC 7126 §4.3.5, §4.4.5, §4.5.5, §4.7.5', 'each option has its own switch', [
    ...KINDS.flatMap(([kind, type]) => [
      refused(`${kind} source route, as usual`, route(type, 0, REMOTE[2])),
      refused(`${kind} source route with TTL 1, as usual`, route(type, 0, REMOTE[2]), { fields: { ttl: 1 } }),
      refused(`${kind} source route, exhausted, to the router, as usual`, route(type, 1, GATEWAY[0]), {
        fields: TO_ROUTER,
      }),
      untouched(`${kind} source route, pass`, route(type, 0, REMOTE[2]), PASSED),
      kase(`${kind} source route to the router, pass: it is the destination`, {
        ...PASSED,
        send: echoRequest({ options: route(type, 0, HOST[1]) }),
        on: 0,
        expect: [echoReply({ on: 0 })],
      }),
    ]),
    refused('only the loose one is followed', route(STRICT, 0, HOST[1]), {
      settings: { ip: { options: { 'loose-source-route': 'process' } } },
      fields: TO_ROUTER,
    }),
    refused('only the strict one is followed', route(LOOSE, 0, HOST[1]), {
      settings: { ip: { options: { 'strict-source-route': 'process' } } },
      fields: TO_ROUTER,
    }),
    refused('record route, drop', [7, 7, 4, 0, 0, 0, 0], {
      settings: { ip: { options: { 'record-route': 'drop' } } },
    }),
    untouched('record route, pass', [7, 7, 4, 0, 0, 0, 0], {
      settings: { ip: { options: { 'record-route': 'pass' } } },
    }),
    refused('timestamp, drop', [68, 8, 5, 0, 0, 0, 0, 0], {
      settings: { ip: { options: { timestamp: 'drop' } } },
    }),
    untouched('timestamp, pass', [68, 8, 5, 0, 0, 0, 0, 0], {
      settings: { ip: { options: { timestamp: 'pass' } } },
    }),
  ]),
];
