import { expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';

/** Three routers around three links; `ttl` is that of r1 on `a`. */
const ring = (ttl: string, ...reversePaths: readonly string[]): string => `version: 1
links: { a: { gateway: r1 }, b: { gateway: r2 }, c: { gateway: r3 } }
hosts: { alice: { interfaces: { a: { address: 10.0.1.10/24 } } } }
routers:
  r1:
    interfaces: { a: { address: 10.0.1.1/24${ttl} }, b: { address: 10.0.2.1/24 } }
    multicast: { reverse-path: ${reversePaths[0]} }
  r2:
    interfaces: { b: { address: 10.0.2.2/24 }, c: { address: 10.0.3.2/24 } }
    multicast: { reverse-path: ${reversePaths[1]} }
  r3:
    interfaces: { c: { address: 10.0.3.3/24 }, a: { address: 10.0.1.3/24 } }
    multicast: { reverse-path: ${reversePaths[2]} }
`;

const warningsOf = (text: string): readonly string[] =>
  readConfiguration(text, 'lab.yaml').problems.map(
    ({ line, column, code, path }) => `${line}:${column} ${code} ${path}`,
  );

it.each(['8', 'pass'])(
  'multicast-ttl: %s in a ring where nobody asks where multicast came from is told',
  (ttl) => {
    const text = ring(`, multicast-ttl: ${ttl}`, 'off', 'off', 'off');
    const column = text.split('\n')[5]!.indexOf('multicast-ttl') + 1;
    expect(warningsOf(text)).toEqual([`6:${column} W-RANGE routers.r1.interfaces.a.multicast-ttl`]);
    const [problem] = readConfiguration(text, 'lab.yaml').problems;
    expect(problem!.fix).toContain('reverse-path: strict');
  },
);

it('a ring is harmless with the TTL that counts down, with one router that asks, and with a gap', () => {
  const ttl = ', multicast-ttl: 8';
  expect(warningsOf(ring('', 'off', 'off', 'off'))).toEqual([]);
  for (const at of [0, 1, 2])
    expect(warningsOf(ring(ttl, ...['off', 'off', 'off'].with(at, 'strict')))).toEqual([]);
  expect(warningsOf(ring(ttl, 'off', 'off', 'off').replace(', a: { address: 10.0.1.3/24 }', ''))).toEqual([]);
  expect(
    warningsOf(ring(ttl, 'off', 'off, routing: false', 'off')).filter((each) => each.includes('W-RANGE')),
  ).toEqual([]);
});
