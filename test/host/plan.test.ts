import { describe, expect, it } from 'vitest';
import { commandOf, formatChange, planHost } from '../../src/host/plan.js';
import { host, lab, router } from './lab.js';

const commands = (configuration: ReturnType<typeof lab>): string[] => planHost(configuration).map(commandOf);

const routes = (configuration: ReturnType<typeof lab>): string[] =>
  commands(configuration).filter((command) => command.includes(' route '));

describe('the plan of the host side', () => {
  it('makes the namespace, then the device, then what is set on it', () => {
    expect(commands(lab({ mtu: 1400 }))).toEqual([
      'ip netns add alice',
      'ip -n alice tuntap add dev tp-red mode tun',
      'ip netns exec alice sysctl -w net/ipv6/conf/tp-red/disable_ipv6=1',
      'ip -n alice link set dev lo up',
      'ip -n alice link set dev tp-red mtu 1400',
      'ip -n alice address add 198.51.100.10/24 dev tp-red',
      'ip -n alice link set dev tp-red up',
      'ip -n alice route add default via 198.51.100.1 dev tp-red',
    ]);
  });

  it('says the same for a person', () => {
    expect(planHost(lab()).map(formatChange)).toEqual([
      'alice: network namespace',
      'alice: TUN device tp-red (alice on link red)',
      'alice: no IPv6 on tp-red',
      'alice: lo up',
      'alice: mtu 1500 on tp-red',
      'alice: address 198.51.100.10/24 on tp-red',
      'alice: tp-red up',
      'alice: route default via 198.51.100.1 dev tp-red',
    ]);
  });

  it('makes no namespace for a host in this one, and leaves its lo and its IPv6 alone', () => {
    expect(commands(lab({ hosts: [host({ namespace: 'self', routes: [] })] }))).toEqual([
      'ip tuntap add dev tp-red mode tun',
      'ip link set dev tp-red mtu 1500',
      'ip address add 198.51.100.10/24 dev tp-red',
      'ip link set dev tp-red up',
    ]);
  });

  it('makes one namespace for two hosts that share it', () => {
    const hosts = [
      host(),
      host({ name: 'bob', namespace: 'alice', link: 'blue', address: '203.0.113.10/24' }),
    ];
    expect(commands(lab({ hosts })).filter((command) => command.includes('netns add'))).toEqual([
      'ip netns add alice',
    ]);
  });

  it('takes a namespace as asked for by name only where the name is no host of its own', () => {
    const given = (configuration: ReturnType<typeof lab>) =>
      planHost(configuration).flatMap((change) => (change.kind === 'namespace' ? [change.given] : []));
    expect(given(lab())).toEqual([false]);
    expect(given(lab({ hosts: [host({ namespace: 'mine' })] }))).toEqual([true]);
  });

  it('routes groups by the device and everything else by the gateway', () => {
    expect(routes(lab({ hosts: [host({ routes: ['default', '224.0.0.0/4'] })] }))).toEqual([
      'ip -n alice route add default via 198.51.100.1 dev tp-red',
      'ip -n alice route add 224.0.0.0/4 dev tp-red',
    ]);
  });

  it("takes the gateway's address in the host's subnet where it has several", () => {
    const numbered = router(['10.0.0.1/24', '198.51.100.1/24']);
    expect(routes(lab({ router: numbered }))).toEqual([
      'ip -n alice route add default via 198.51.100.1 dev tp-red',
    ]);
  });

  it("goes via an unnumbered gateway's loopback address, on-link", () => {
    expect(routes(lab({ router: router([], '192.0.2.255') }))).toEqual([
      'ip -n alice route add default via 192.0.2.255 dev tp-red onlink',
    ]);
  });

  it('goes on-link via the gateway where the host stands alone in a /32', () => {
    expect(routes(lab({ hosts: [host({ address: '198.51.100.10/32' })] }))).toEqual([
      'ip -n alice route add default via 198.51.100.1 dev tp-red onlink',
    ]);
  });

  it('routes by the next hop that a route names, and everything else by the gateway', () => {
    const named = host({ routes: ['default', '192.0.2.0/24 via 198.51.100.2'] });
    expect(routes(lab({ hosts: [named] }))).toEqual([
      'ip -n alice route add default via 198.51.100.1 dev tp-red',
      'ip -n alice route add 192.0.2.0/24 via 198.51.100.2 dev tp-red',
    ]);
  });

  it('routes by the device on a link without a router', () => {
    const alone = host({ link: 'blue', routes: ['203.0.113.0/24'] });
    expect(routes(lab({ hosts: [alone] }))).toEqual(['ip -n alice route add 203.0.113.0/24 dev tp-blue']);
  });

  it('quotes names that a shell would read otherwise', () => {
    expect(commands(lab({ hosts: [host({ device: "tp$x'y" })] }))[1]).toBe(
      "ip -n alice tuntap add dev 'tp$x'\\''y' mode tun",
    );
  });
});
