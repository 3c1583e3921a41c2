import { describe, expect, it } from 'vitest';
import { groupAndPort } from '../../src/cli/flag-values.js';
import {
  parseAddress,
  parseBoundary,
  parseEndpoint,
  parseGroup,
  parseGroupPrefix,
  parseHostAddress,
  parseInterfaceAddress,
  parseLoopback,
  parsePrefix,
} from '../../src/text/addresses.js';

const NOT_YET = /is an IPv6 address, and IPv6 is not supported yet$/;

describe('an IPv6 address is told that IPv6 is not supported yet', () => {
  it.each(['::', '::1', '2001:db8::1', '2001:DB8:0:0:0:0:0:1', 'fe80::1%eth0', '::ffff:192.0.2.1', '[::1]'])(
    '%s',
    (text) => {
      for (const parse of [parseAddress, parseHostAddress, parseGroup, parseEndpoint])
        expect(parse(text)).toMatchObject({ fault: 'E-ADDRESS', message: expect.stringMatching(NOT_YET) });
      for (const parse of [
        parseInterfaceAddress,
        parsePrefix,
        parseGroupPrefix,
        parseBoundary,
        parseLoopback,
      ])
        expect(parse(`${text}/64`)).toMatchObject({
          fault: 'E-ADDRESS',
          message: expect.stringMatching(NOT_YET),
        });
    },
  );

  it.each(['[::1]:9476', '[ff02::1]:5000'])('with a port: %s', (text) => {
    expect(parseEndpoint(text)).toMatchObject({ message: expect.stringMatching(NOT_YET) });
    expect(() => groupAndPort(text)).toThrow(/IPv6 is not supported yet/);
  });

  it.each(['192.0.2.1:80', 'localhost:80', ':', 'a:b', '1:2'])('and nothing else is: %s', (text) => {
    expect(parseAddress(text)).toMatchObject({ message: expect.stringMatching(/not a valid IPv4 address$/) });
  });
});
