import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.js';
import type { Matchable } from '../../src/observe/event-record.js';
import { parseMatch } from '../../src/observe/match.js';

const UDP: Matchable = {
  router: 'r1',
  interface: 'r1.red',
  reason: 'no-route',
  source: 0xc6336401,
  destination: 0x0a000305,
  protocol: 17,
  length: 1401,
  ttl: 64,
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
    ['ttl<64', false],
    ['router=r1 interface=r1.red reason=no-route', true],
    ['interface=red', false],
  ])('`%s` says %s of a datagram', (expression, is) => {
    expect(parseMatch(expression)(UDP)).toBe(is);
  });

  it.each(['group=224.0.0.0/4', 'size<1', 'event=join', 'message=echo-reply', 'source=0.0.0.0/0'])(
    '`%s` is not true of what lacks the field',
    (expression) => {
      expect(parseMatch(expression)({ group: null, source: null })).toBe(false);
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
    ['source>10.0.0.0', /only numbers can be compared/],
    ['__proto__=1', /is not KEY=VALUE/],
    ['constructor=1', /unknown key/],
  ])('refuses `%s`', (expression, message) => {
    expect(() => parseMatch(expression)).toThrow(Failure);
    expect(() => parseMatch(expression)).toThrow(message);
  });

  it('suggests the key that was probably meant', () => {
    expect(() => parseMatch('destinaton=10.0.0.0/8')).toThrow(
      expect.objectContaining({ exitCode: 2, fix: 'did you mean destination?' }),
    );
  });
});
