import { kase, type Row, row } from '../../case.js';
import { forwarded } from '../../expectation.js';
import type { SettingsChange } from '../../settings-change.js';
import { NO_ROUTE, REMOTE } from '../../topology.js';
import { transit } from '../sends.js';

const STRICT: SettingsChange = { ip: { 'reverse-path': 'strict' } };
const LOOSE: SettingsChange = { ip: { 'reverse-path': 'loose' } };

/** Behind port 1. */
const FROM_ELSEWHERE = '10.10.0.7';

export const reversePath: readonly Row[] = [
  row(
    'MA17',
    'MUST',
    'RFC 1812 §5.3.8, RFC 3704 §2.2',
    'strict reverse path is off unless told, and then silent',
    [
      kase('off: from elsewhere, forwarded', {
        send: transit({ source: FROM_ELSEWHERE, destination: REMOTE[2] }),
        on: 0,
        expect: [forwarded({ on: 2 })],
      }),
      kase('strict: from elsewhere, dropped', {
        settings: STRICT,
        send: transit({ source: FROM_ELSEWHERE, destination: REMOTE[2] }),
        on: 0,
        drop: 'reverse-path',
      }),
      kase('strict: from elsewhere with TTL 1, not answered', {
        settings: STRICT,
        send: transit({ source: FROM_ELSEWHERE, destination: REMOTE[2], ttl: 1 }),
        on: 0,
        drop: 'reverse-path',
      }),
      kase('strict: from where its route leads, forwarded', {
        settings: STRICT,
        send: transit({ source: FROM_ELSEWHERE, destination: REMOTE[2] }),
        on: 1,
        expect: [forwarded({ on: 2 })],
      }),
    ],
  ),
  row('MA18', '—', 'RFC 3704 §2.4', 'loose reverse path asks only for some route back, and is silent', [
    kase('no route back, dropped', {
      settings: LOOSE,
      send: transit({ source: NO_ROUTE }),
      on: 0,
      drop: 'reverse-path',
    }),
    kase('a route back by another port, forwarded', {
      settings: LOOSE,
      send: transit({ source: FROM_ELSEWHERE, destination: REMOTE[2] }),
      on: 0,
      expect: [forwarded({ on: 2 })],
    }),
  ]),
];
