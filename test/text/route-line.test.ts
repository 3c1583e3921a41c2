import { describe, expect, it } from 'vitest';
import { parseRouteLine } from '../../src/text/route-line.js';

const NET = { network: 0x0a010000, length: 16 };

describe('a line of a table of routes', () => {
  it.each([
    ['10.1.0.0/16 via 192.0.2.1', { to: NET, type: 'unicast', via: 0xc0000201, metric: 0 }],
    ['\t10.1.0.0/16  via\t192.0.2.1 metric 20\r', { to: NET, type: 'unicast', via: 0xc0000201, metric: 20 }],
    ['10.1.0.0/16 via 192.0.2.1 # why', { to: NET, type: 'unicast', via: 0xc0000201, metric: 0 }],
    ['default via 192.0.2.1', { to: { network: 0, length: 0 }, type: 'unicast', via: 0xc0000201, metric: 0 }],
    ['blackhole 10.1.0.0/16', { to: NET, type: 'blackhole', via: undefined, metric: 0 }],
    [
      'unreachable 10.1.0.0/16 metric 4294967295',
      { to: NET, type: 'unreachable', via: undefined, metric: 0xffffffff },
    ],
    ['prohibit 10.1.0.0/16', { to: NET, type: 'prohibit', via: undefined, metric: 0 }],
    ['', undefined],
    ['  # nothing', undefined],
  ])('%j is read', (line, route) => {
    expect(parseRouteLine(line)).toEqual(route);
  });

  it.each([
    ['10.1.0.1/16 via 192.0.2.1', 1, 'E-HOSTBITS'],
    ['  10.1/16 via 192.0.2.1', 3, 'E-ADDRESS'],
    ['10.1.0.0 via 192.0.2.1', 1, 'E-ADDRESS'],
    ['2001:db8::/32 via 192.0.2.1', 1, 'E-ADDRESS'],
    ['239.0.0.0/8 via 192.0.2.1', 1, 'E-MCAST'],
    ['10.1.0.0/16 via 239.1.1.1', 17, 'E-MCAST'],
    ['10.1.0.0/16 via 192.0.2', 17, 'E-ADDRESS'],
    ['10.1.0.0/16 dev eth0', 13, 'E-TYPE'],
    ['10.1.0.0/16', 12, 'E-TYPE'],
    ['10.1.0.0/16 via', 13, 'E-TYPE'],
    ['10.1.0.0/16 via 192.0.2.1 dev eth0', 27, 'E-TYPE'],
    ['10.1.0.0/16 via 192.0.2.1 metric', 33, 'E-RANGE'],
    ['10.1.0.0/16 via 192.0.2.1 metric 4294967296', 34, 'E-RANGE'],
    ['blackhole', 10, 'E-TYPE'],
    ['blackhole 10.1.0.0/16 via 192.0.2.1', 23, 'E-TYPE'],
  ])('%j is refused at column %i: %s', (line, column, code) => {
    expect(parseRouteLine(line)).toMatchObject({ column, fault: code });
  });
});
