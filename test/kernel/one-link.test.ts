import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';

interface NeighborRow {
  readonly link: string;
  readonly address: string;
  readonly owner: string;
  readonly state: string;
}

interface InterfaceRow {
  readonly interface: string;
  readonly inPackets: number;
}

describeKernel('several hosts and several routers on one link', ['ping'], () => {
  const lab = sharedLab(`
links:
  red: { gateway: r1 }
  blue: {}
  green: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  carol: { interfaces: { red: { address: 198.51.100.11/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
  dave: { interfaces: { green: { address: 192.0.2.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 192.0.2.0/24, via: 198.51.100.2 }]
  r2:
    interfaces: { red: { address: 198.51.100.2/24 }, green: { address: 192.0.2.1/24 } }
    routes: [{ to: default, via: 198.51.100.1 }]
`);

  const received = async (name: string): Promise<number> => {
    const rows = await lab().show<InterfaceRow[]>('interfaces');
    return rows.find((row) => row.interface === name)?.inPackets ?? Number.NaN;
  };

  it('carries what one host sends to another on the same link past the routers', async () => {
    const before = (await received('r1.red')) + (await received('r2.red'));
    const { stdout } = await lab().on('alice', 'ping -n -c 3 -i 0.2 198.51.100.11');
    expect(stdout).toContain('3 received, 0% packet loss');
    expect(stdout.match(/ttl=64/g)).toHaveLength(3);
    expect((await received('r1.red')) + (await received('r2.red'))).toBe(before);
  });

  it('takes what leaves the link to the gateway', async () => {
    const before = await received('r1.red');
    const { stdout } = await lab().on('carol', 'ping -n -c 2 -i 0.2 203.0.113.10');
    expect(stdout).toContain('2 received, 0% packet loss');
    expect(stdout).toContain('ttl=63');
    expect(await received('r1.red')).toBe(before + 2);
  });

  it('reaches every router on the link by its own address', async () => {
    for (const router of ['198.51.100.1', '198.51.100.2']) {
      const { stdout } = await lab().on('alice', `ping -n -c 1 -W 10 ${router}`);
      expect(stdout).toContain(`64 bytes from ${router}: icmp_seq=1 ttl=64`);
    }
  });

  it('reaches hosts behind both routers, and they reach each other', async () => {
    expect((await lab().on('bob', 'ping -n -c 2 -i 0.2 192.0.2.10')).stdout).toContain('ttl=62');
    expect((await lab().on('dave', 'ping -n -c 2 -i 0.2 198.51.100.11')).stdout).toContain('0% packet loss');
  });

  it('lets the gateway say that nobody owns an address on the link', async () => {
    const { code, stdout } = await lab().on('alice', 'ping -n -c 1 -W 10 198.51.100.77');
    expect(stdout).toContain('From 198.51.100.1 icmp_seq=1 Destination Host Unreachable');
    expect(code).toBe(1);
  });

  it('knows a second address as soon as the host’s kernel has it', async () => {
    const { code, stderr } = await lab().on(
      'carol',
      `ip address add 198.51.100.12/24 dev ${await deviceOf('carol')}`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const silent = await lab().on('alice', 'ping -n -c 3 -i 0.2 -W 10 198.51.100.12');
    expect(silent.stdout).toContain('64 bytes from 198.51.100.12');
  });

  it('learns an address of a host, which its device does not have, from what it sends', async () => {
    const { code, stderr } = await lab().on('carol', 'ip address add 198.51.100.13/32 dev lo');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const unknown = await lab().on('alice', 'ping -n -c 1 -W 10 198.51.100.13');
    expect(unknown.stdout).toContain('Destination Host Unreachable');
    await lab().on('carol', 'ping -n -c 1 -W 10 -I 198.51.100.13 203.0.113.10');
    const known = await lab().on('alice', 'ping -n -c 1 -W 10 198.51.100.13');
    expect(known.stdout).toContain('64 bytes from 198.51.100.13');
    const neighbors = await lab().show<NeighborRow[]>('neighbors');
    expect(neighbors).toContainEqual(
      expect.objectContaining({ link: 'red', address: '198.51.100.13', owner: 'carol', state: 'learned' }),
    );
    expect(neighbors).toContainEqual(
      expect.objectContaining({ link: 'red', address: '198.51.100.2', owner: 'r2', state: 'static' }),
    );
  });

  const deviceOf = async (host: string): Promise<string> => {
    const { stdout } = await lab().on(host, 'ip -o link show');
    return /: (tp-\S+):/.exec(stdout)?.[1] ?? '';
  };
});
