import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.js';
import { type Matchable, parseMatch } from '../../src/text/match.js';

const UDP: Matchable = {
  interface: 'r1.red',
  reason: 'no-route',
  source: 0xc6336401,
  destination: 0x0a000305,
  protocol: 17,
  length: 1401,
  sourcePort: 40_000,
  destinationPort: 5000,
};

describe('a match', () => {
  it.each([
    ['', true],
    ['protocol=udp', true],
    ['protocol=17', true],
    ['protocol=tcp', false],
    ['destination=10.0.3.0/24', true],
    ['destination=10.0.3.5', true],
    ['destination=10.0.3.6', false],
    ['source=default', true],
    ['protocol=udp destination=10.0.3.0/24 destination-port=5000 size>1400', true],
    ['protocol=udp  destination-port=5001', false],
    ['size>1401', false],
    ['size<1402', true],
    ['size=1401', true],
    ['interface=r1.red reason=no-route', true],
    ['interface=red', false],
  ])('`%s` says %s of a datagram', (expression, is) => {
    expect(parseMatch(expression)(UDP)).toBe(is);
  });

  it.each(['destination=224.0.0.0/4', 'size<1', 'reason=no-route', 'interface=r1.red', 'source=0.0.0.0/0'])(
    '`%s` is not true of what lacks the field',
    (expression) => {
      expect(parseMatch(expression)({ source: null, destination: null })).toBe(false);
    },
  );

  it.each(['router', 'link', 'event', 'why', 'message', 'group', 'reporter', 'ttl'])(
    'has no key %s',
    (key) => {
      expect(() => parseMatch(`${key}=1`)).toThrow(
        expect.objectContaining({
          exitCode: 2,
          message: `unknown key '${key}'`,
          fix: expect.stringContaining(
            'one of protocol source destination source-port destination-port size interface reason',
          ),
        }),
      );
    },
  );

  it.each([
    ['udp', /is not KEY=VALUE/],
    ['protocol=', /is not KEY=VALUE/],
    ['destinaton=10.0.0.0/8', /unknown key 'destinaton'/],
    ['source=10.0.3.1/24', /bits set/],
    ['source=10.1', /not a valid IPv4 address/],
    ['protocol=quic', /not icmp, igmp, tcp, udp or a number/],
    ['size>many', /`size>many`: not a number/],
    ['source>10.0.0.0', /only size can be compared/],
    ['source-port<1024', /only size can be compared/],
    ['destination-port>1024', /only size can be compared/],
    ['__proto__=1', /is not KEY=VALUE/],
    ['constructor=1', /unknown key/],
  ])('refuses `%s`', (expression, message) => {
    expect(() => parseMatch(expression)).toThrow(Failure);
    expect(() => parseMatch(expression)).toThrow(message);
  });

  it('takes 32 conditions and no more: each is asked about every datagram', () => {
    expect(parseMatch(Array(32).fill('size>0').join(' '))({ length: 1 })).toBe(true);
    expect(() => parseMatch(Array(9000).fill('size>0').join('\n'))).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(/^9000 conditions are too many/),
        fix: 'give 32 at most',
      }),
    );
  });

  it('suggests the key that was probably meant', () => {
    expect(() => parseMatch('destinaton=10.0.0.0/8')).toThrow(
      expect.objectContaining({
        exitCode: 2,
        fix: expect.stringMatching(/^did you mean destination\? one of protocol /),
      }),
    );
  });
});
