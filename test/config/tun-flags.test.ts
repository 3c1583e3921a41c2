import { describe, expect, it } from 'vitest';
import { formatAddress, formatPrefix } from '../../src/address.js';
import { configurationFromTunFlags } from '../../src/config/tun-flags.js';
import type { Failure } from '../../src/failure.js';
import { failureOf } from '../support/failure.js';

const ONE = 'tun0=198.51.100.1/24,host=198.51.100.10/24';
const OTHER = 'tun1=203.0.113.1/24,host=203.0.113.10/24';

describe('a router with no file', () => {
  it('puts a single device into this namespace, and adds no route', () => {
    const { name, links, hosts, routers } = configurationFromTunFlags([ONE]);
    expect(name).toBe('tunpike');
    expect(links.get('tun0')).toMatchObject({ name: 'tun0', mtu: 1500, gateway: 'r1' });
    const host = hosts.get('tun0')!;
    expect(host.namespace).toBe('self');
    expect(host.interfaces).toMatchObject([{ link: 'tun0', device: 'tun0', routes: [], persistent: false }]);
    expect(formatAddress(host.interfaces[0]!.address.address)).toBe('198.51.100.10');
    const [own] = routers.get('r1')!.interfaces;
    expect(formatAddress(own!.addresses[0]!.address)).toBe('198.51.100.1');
  });

  it('gives each of several devices a namespace and a default route', () => {
    const { hosts, routers } = configurationFromTunFlags([ONE, OTHER]);
    expect([...hosts.values()].map(({ namespace }) => namespace)).toEqual(['tun0', 'tun1']);
    for (const { interfaces } of hosts.values())
      expect(interfaces[0]!.routes.map(({ to }) => formatPrefix(to))).toEqual(['0.0.0.0/0']);
    expect(routers.get('r1')!.interfaces.map(({ link }) => link)).toEqual(['tun0', 'tun1']);
  });
});

describe('a mistake in a --tun flag', () => {
  const refusalOf = (...flags: string[]): Failure => failureOf(() => configurationFromTunFlags(flags));

  it.each([
    ['tun0', 'expected DEVICE=ROUTER_CIDR,host=HOST_CIDR'],
    ['tun0=198.51.100.1/24', 'expected DEVICE=ROUTER_CIDR,host=HOST_CIDR'],
    ['tun0=198.51.100.1/24,host=198.51.100.10/24,mtu=9', 'expected DEVICE=ROUTER_CIDR,host=HOST_CIDR'],
    ['tun0=198.51.100.1,host=198.51.100.10/24', '`198.51.100.1` has no prefix length'],
    ['tun0=198.51.100.1/24,host=10.1/24', '`10.1` is not a valid IPv4 address'],
    ['tun0=198.51.100.1/24,host=192.0.2.1/24', 'is not in the subnet'],
    ['tun0=198.51.100.1/24,host=198.51.100.1/24', 'is already an address of'],
    ['a-very-long-device=198.51.100.1/24,host=198.51.100.10/24', 'has 18 octets'],
    ['r1=198.51.100.1/24,host=198.51.100.10/24', '`r1` is the name of the router'],
    ['a": {}=198.51.100.1/24,host=198.51.100.10/24', 'is not a valid'],
  ])('names the flag: %s', (flag, message) => {
    const failure = refusalOf(OTHER, flag);
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toContain(`--tun ${flag}: `);
    expect(failure.message).toContain(message);
    expect(failure.message).not.toContain(`--tun ${OTHER}`);
    expect(failure.fix).toBeTruthy();
  });

  it('is told for all flags at once, and a device twice is one', () => {
    const { message } = refusalOf('a=1/24,host=10.0.0.1/24', 'b=2/24,host=10.0.1.1/24');
    expect(message.split('\n')).toHaveLength(2);
    expect(refusalOf(ONE, ONE).message).toContain('the device `tun0` is used twice');
  });

  it.each([
    [[ONE, ONE], `--tun ${ONE}: the device \`tun0\` is used twice`, 'give each device its own name'],
    [[ONE, OTHER, ONE], `--tun ${ONE}: the device \`tun0\` is used twice`, 'give each device its own name'],
    [
      ['r1=1/24,host=2/24'],
      '--tun r1=1/24,host=2/24: `r1` is the name of the router',
      'choose another device name',
    ],
    [
      [ONE, 'tun2=198.51.100.1/24,host=198.51.100.10/24'],
      [
        '--tun tun2=198.51.100.1/24,host=198.51.100.10/24: `198.51.100.10` is already an address of `tun0`',
        '--tun tun2=198.51.100.1/24,host=198.51.100.10/24: `198.51.100.1` is already an address of `r1.tun0`',
      ].join('\n'),
      'choose another address',
    ],
    [
      ['a=1/24,host=2/24', 'b=3/24,host=4/24', 'c=5/24,host=6/24'],
      [
        '--tun a=1/24,host=2/24: `2`',
        '--tun b=3/24,host=4/24: `4`',
        '--tun c=5/24,host=6/24: `6`',
        '--tun a=1/24,host=2/24: `1`',
        '--tun b=3/24,host=4/24: `3`',
        '--tun c=5/24,host=6/24: `5`',
      ]
        .map((each) => `${each} is not a valid IPv4 address`)
        .join('\n'),
      'write four decimal numbers without leading zeros (example: 192.0.2.1)',
    ],
    [
      [ONE, 'a b=203.0.113.1/24,host=203.0.113.10/24'],
      [
        '--tun a b=203.0.113.1/24,host=203.0.113.10/24: `a b` is not a valid name',
        '--tun a b=203.0.113.1/24,host=203.0.113.10/24: `a b` is not a valid device name',
      ].join('\n'),
      [
        'use letters, digits, `-`, `_` and `.`, starting with a letter or a digit',
        'use letters, digits, `-`, `_` and `.`, beginning with a letter or a digit',
      ].join('\n'),
    ],
  ])('%j is told once for each flag, and how to mend it', (flags, message, fix) => {
    expect(refusalOf(...flags)).toMatchObject({ exitCode: 2, message, fix });
  });

  it.each(['x', '=1,host=2', 'a=1,host=', 'a=1,host=2,', 'xa=1=2,host=3'])(
    'is a form that it has not: %s',
    (flag) => {
      expect(refusalOf(ONE, flag)).toMatchObject({
        exitCode: 2,
        message: `--tun ${flag}: expected DEVICE=ROUTER_CIDR,host=HOST_CIDR`,
        fix: 'for example --tun tun0=198.51.100.1/24,host=198.51.100.10/24',
      });
    },
  );
});
