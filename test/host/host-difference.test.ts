import { describe, expect, it } from 'vitest';
import { compareHosts, undoCommandOf } from '../../src/host/host-difference.js';
import { commandOf } from '../../src/host/plan.js';
import { host, lab } from './lab.js';

const compared = (before: ReturnType<typeof lab>, after: ReturnType<typeof lab>) => {
  const { removed, added } = compareHosts(before, after);
  return { removed: removed.map(undoCommandOf), added: added.map(commandOf) };
};

const bob = host({ name: 'bob', link: 'blue', address: '203.0.113.10/24', routes: [] });

describe('the difference of two host sides', () => {
  it('is nothing between equal ones', () => {
    expect(compared(lab(), lab())).toEqual({ removed: [], added: [] });
  });

  it('is a new MTU, which needs no undoing', () => {
    expect(compared(lab(), lab({ mtu: 1400 }))).toEqual({
      removed: [],
      added: ['ip -n alice link set dev tp-red mtu 1400'],
    });
  });

  it('is a new address in place of the old one', () => {
    const routes: string[] = [];
    const after = lab({ hosts: [host({ address: '198.51.100.11/24', routes })] });
    expect(compared(lab({ hosts: [host({ routes })] }), after)).toEqual({
      removed: ['ip -n alice address del 198.51.100.10/24 dev tp-red'],
      added: ['ip -n alice address add 198.51.100.11/24 dev tp-red'],
    });
  });

  it('makes the routes of a device again with its address, because the kernel takes them with the old one', () => {
    expect(compared(lab(), lab({ hosts: [host({ address: '198.51.100.11/24' })] }))).toEqual({
      removed: ['ip -n alice address del 198.51.100.10/24 dev tp-red'],
      added: [
        'ip -n alice address add 198.51.100.11/24 dev tp-red',
        'ip -n alice route add default via 198.51.100.1 dev tp-red',
      ],
    });
  });

  it('is a host with everything, and its namespace alone on the way back', () => {
    const [small, large] = [lab(), lab({ hosts: [host(), bob] })];
    expect(compared(small, large)).toEqual({
      removed: [],
      added: [
        'ip netns add bob',
        'ip -n bob tuntap add dev tp-blue mode tun',
        'ip netns exec bob sysctl -w net/ipv6/conf/tp-blue/disable_ipv6=1',
        'ip -n bob link set dev lo up',
        'ip -n bob link set dev tp-blue mtu 1500',
        'ip -n bob address add 203.0.113.10/24 dev tp-blue',
        'ip -n bob link set dev tp-blue up',
      ],
    });
    expect(compared(large, small)).toEqual({ removed: ['ip netns del bob'], added: [] });
  });

  it('makes a device anew, with all that stood on it, where it moves to another link', () => {
    const before = lab({ hosts: [host({ device: 'tp', routes: [] })] });
    const after = lab({ hosts: [host({ device: 'tp', routes: [], link: 'blue' })] });
    const { removed, added } = compared(before, after);
    expect(removed).toEqual(['ip -n alice link del dev tp']);
    expect(added).toContain('ip -n alice address add 198.51.100.10/24 dev tp');
  });
});
