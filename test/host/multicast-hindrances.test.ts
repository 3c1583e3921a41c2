import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import { type KernelSettings, multicastHindrances } from '../../src/host/multicast-hindrances.js';
import { configured } from '../support/configured.js';

const QUIET: KernelSettings = { rpFilter: 0, acceptLocal: false };

const lab = (hosts: string, igmp = ', igmp: {}'): Configuration =>
  configured(`
links: { red: {}, blue: {} }
hosts: ${hosts}
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24${igmp} }, blue: { address: 203.0.113.1/24 } } }
`);

const alice = (routes: string): string =>
  `{ alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [${routes}] } } } }`;

const found = (configuration: Configuration, settings: KernelSettings | undefined = QUIET) =>
  multicastHindrances(configuration, async () => settings);

describe('what keeps programs from multicast', () => {
  it.each(['default', '224.0.0.0/4', '224.0.0.0/3'])('is nothing with a route to %s', async (route) => {
    expect(await found(lab(alice(route)))).toEqual([]);
  });

  it('is a missing route, and the line that mends it is told', async () => {
    const [warning, ...rest] = await found(lab(alice('')));
    expect(warning).toMatch(/^alice has no route for 224\.0\.0\.0\/4/);
    expect(warning).toContain('hosts.alice.interfaces.red.routes');
    expect(rest).toEqual([]);
  });

  it('is not asked of hosts on links without IGMP', async () => {
    expect(await found(lab(alice(''), ''))).toEqual([]);
    const bob = '{ bob: { interfaces: { blue: { address: 203.0.113.10/24 } } } }';
    expect(await found(lab(bob))).toEqual([]);
  });

  it.each([1, 2])('is rp_filter %i where the kernel has no way back to the source', async (rpFilter) => {
    const settings = { ...QUIET, rpFilter };
    expect(await found(lab(alice('224.0.0.0/4')), settings)).toEqual([
      expect.stringMatching(new RegExp(`rp_filter=${rpFilter} on tp-alice-red.*sysctl -w`)),
    ]);
    expect(await found(lab(alice('default')), settings)).toEqual([]);
  });

  it('is accept_local where a neighbor is in the same namespace', async () => {
    const two = `
  alice: { namespace: shared, interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { namespace: shared, interfaces: { blue: { address: 203.0.113.10/24 } } }`;
    expect(await found(lab(two))).toEqual([expect.stringMatching(/^alice shares .*accept_local=1$/)]);
    expect(await found(lab(two), { ...QUIET, acceptLocal: true })).toEqual([]);
    expect(await found(lab(two), { rpFilter: 1, acceptLocal: true })).toEqual([
      expect.stringMatching(/^alice shares .*; ip netns exec shared sysctl -w \S+rp_filter=2$/),
    ]);
  });

  it('is not guessed where the kernel cannot be asked', async () => {
    expect(await multicastHindrances(lab(alice('224.0.0.0/4')), async () => undefined)).toEqual([]);
  });
});
