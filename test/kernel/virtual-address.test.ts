import { expect, it } from 'vitest';
import { change } from '../support/interfaces.js';
import { describeKernel, until } from '../support/kernel.js';
import { type RunningLab, withLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT } from '../support/topologies.js';

const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default], device: ktalice } } }
  bob: { interfaces: { red: { address: 198.51.100.20/24, routes: [default], device: ktbob } } }
  carol: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default], device: ktcarol } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24 }
    icmp: { ${GENEROUS_RATE_LIMIT} }
`;

const VIRTUAL = '198.51.100.77';

interface NeighborRow {
  readonly address: string;
  readonly owner: string;
  readonly state: string;
}

const ownerOf = async (lab: RunningLab, address: string): Promise<string> => {
  const rows = await lab.show<NeighborRow[]>('neighbors');
  const row = rows.find((each) => each.address === address);
  return row === undefined ? 'nobody' : `${row.owner} ${row.state}`;
};

const isOwnedBy = (lab: RunningLab, owner: string, address = VIRTUAL): Promise<boolean> =>
  until(async () => (await ownerOf(lab, address)) === owner, 5000, `${address} to be owned by ${owner}`);

const ping = async (lab: RunningLab, target: string): Promise<string> =>
  (await lab.on('carol', `ping -n -c 1 -W 10 ${target}`)).stdout;

describeKernel('an address that a host’s kernel gets while the lab runs', ['ping'], () => {
  it('is reached at once, moves with it, and is unreachable when it is gone', () =>
    withLab(LAB, async (lab) => {
      expect(await ping(lab, VIRTUAL)).toContain('Destination Host Unreachable');
      await change(lab, 'alice', `ip address add ${VIRTUAL}/32 dev ktalice`);
      await isOwnedBy(lab, 'alice learned');
      expect(await ping(lab, VIRTUAL)).toContain('1 received');

      await change(lab, 'alice', `ip address del ${VIRTUAL}/32 dev ktalice`);
      await change(lab, 'bob', `ip address add ${VIRTUAL}/32 dev ktbob`);
      await isOwnedBy(lab, 'bob learned');
      expect(await ping(lab, VIRTUAL)).toContain('1 received');
      await until(
        () => lab.process.stderr.includes(`bob.red owns a new address: ${VIRTUAL}`),
        5000,
        'the log to say so',
      );

      await change(lab, 'bob', `ip address del ${VIRTUAL}/32 dev ktbob`);
      await isOwnedBy(lab, 'nobody');
      expect(await ping(lab, VIRTUAL)).toContain('Destination Host Unreachable');
      expect(await ping(lab, '198.51.100.20')).toContain('1 received');
    }));

  it('is let go of when its device goes down, and owned again when that comes up', () =>
    withLab(LAB, async (lab) => {
      await change(lab, 'alice', `ip address add ${VIRTUAL}/32 dev ktalice`);
      await isOwnedBy(lab, 'alice learned');
      await change(lab, 'alice', 'ip link set ktalice down');
      await isOwnedBy(lab, 'nobody');
      await change(lab, 'alice', 'ip link set ktalice up');
      await isOwnedBy(lab, 'alice learned');
    }));

  it('may be one of the configuration that the kernel loses', () =>
    withLab(LAB, async (lab) => {
      await isOwnedBy(lab, 'alice static', '198.51.100.10');
      await change(lab, 'alice', 'ip address del 198.51.100.10/24 dev ktalice');
      await isOwnedBy(lab, 'nobody', '198.51.100.10');
      await change(lab, 'bob', 'ip address add 198.51.100.10/24 dev ktbob');
      await isOwnedBy(lab, 'bob learned', '198.51.100.10');
      expect(await ping(lab, '198.51.100.10')).toContain('1 received');
    }));
});
