import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/address.js';
import { groupSteps } from '../../src/igmp/group-view.js';
import { newGroup } from '../../src/igmp/membership/group.js';
import type { Memberships } from '../../src/igmp/membership/memberships.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { groupRows, mrouteRows, showIgmp } from '../../src/observe/show-igmp.js';
import { milliseconds, START, seconds } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { datagram, ip } from '../support/datagram.js';

const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: { static-groups: [{ group: 239.1.2.3 }] } }
      blue: { address: 203.0.113.1/24, igmp: { version: 2 } }
`;

const running = (): VirtualLab => {
  const lab = new VirtualLab(configured(LAB));
  lab.advance(milliseconds(100));
  return lab;
};

describe('what is shown of multicast', () => {
  it('names the querier of each interface and when it asks next', () => {
    const lab = running();
    expect(showIgmp(lab.lab, lab.now)).toMatchObject([
      {
        interface: 'r1.red',
        role: 'querier',
        version: 3,
        querier: '198.51.100.1',
        otherQuerierExpiresSeconds: null,
        nextQuerySeconds: expect.closeTo(31.2, 0),
        groups: 1,
        robustness: 2,
        queryIntervalSeconds: 125,
        queryResponseIntervalSeconds: 10,
      },
      { interface: 'r1.blue', version: 2 },
    ]);
  });

  it('shows a group that the configuration asks for, without an end', () => {
    const lab = running();
    expect([...groupRows(lab.lab, () => lab.now)]).toEqual([
      {
        interface: 'r1.red',
        group: '239.1.2.3',
        filterMode: 'exclude',
        sources: [],
        lastReporter: null,
        expiresSeconds: null,
        origin: ['static'],
        compatibility: 3,
        ageSeconds: null,
      },
    ]);
  });

  it('shows the way of a stream, what it counted, and why it goes nowhere else', () => {
    const lab = running();
    const stream = { source: '203.0.113.10', destination: '239.1.2.3', ttl: 8 };
    lab.host('bob', 'blue').send(datagram(stream));
    lab.host('bob', 'blue').send(datagram(stream));
    expect([...mrouteRows(lab.lab)]).toEqual([
      {
        router: 'r1',
        source: '203.0.113.10',
        group: '239.1.2.3',
        incoming: 'r1.blue',
        outgoing: ['r1.red'],
        packets: 2,
        octets: 56,
        reason: null,
        blocked: [{ interface: 'r1.blue', why: expect.any(String) }],
      },
    ]);
  });

  it('names the interface that is too narrow for some of a stream', () => {
    const lab = running();
    const { lab: inner, now } = lab;
    inner.setMtu('red', 600, now);
    const stream = { source: '203.0.113.10', destination: '239.1.2.3', ttl: 8, flags: 0x4000 };
    lab.host('bob', 'blue').send(datagram({ ...stream, payload: new Uint8Array(900) }));
    lab.host('bob', 'blue').send(datagram(stream));
    expect([...mrouteRows(inner)]).toMatchObject([
      {
        outgoing: ['r1.red'],
        packets: 1,
        reason: null,
        blocked: [
          {
            interface: 'r1.red',
            why: 'would-fragment: some datagrams are longer than its MTU of 600, and have DF set',
          },
          { interface: 'r1.blue' },
        ],
      },
    ]);
  });

  it.each([
    [{ ttl: 1, destination: '239.1.2.3' }, 'multicast-ttl'],
    [{ ttl: 8, destination: '239.9.9.9' }, 'multicast-no-member'],
  ])('names what stopped %j', (fields, reason) => {
    const lab = running();
    lab.advance(seconds(1));
    lab.host('bob', 'blue').send(datagram({ source: '203.0.113.10', ...fields }));
    expect([...mrouteRows(lab.lab)]).toMatchObject([{ packets: 0, reason }]);
  });

  it('makes one group after the other, and only when it is asked for', () => {
    const lab = running();
    const igmp = lab.lab.routers.get('r1')!.igmp.values().next().value!;
    const looked: string[] = [];
    const groups = new Map<number, object>();
    for (let at = 0; at < 9; at += 1) {
      const group = newGroup(0xef020000 + at, lab.now);
      groups.set(group.address, {
        ...group,
        get requested() {
          looked.push(formatAddress(group.address));
          return group.requested;
        },
      });
    }
    const memberships = { groups, fixed: igmp.memberships.fixed } as unknown as Memberships;
    const steps = groupSteps(memberships, () => lab.now);
    steps.next();
    expect(looked).toEqual([]);
    steps.next();
    expect(new Set(looked)).toEqual(new Set(['239.2.0.0']));
    groups.delete(0xef020001);
    expect(formatAddress(steps.next().value!.group)).toBe('239.2.0.2');
  });

  it('says after each so many that it is still putting them in order', () => {
    const { fixed } = running().lab.routers.get('r1')!.igmp.values().next().value!.memberships;
    const groups = new Map(
      [...Array(10_000).keys()].map((at) => [0xef0f0000 - at, newGroup(0xef0f0000 - at, START)]),
    );
    const steps = groupSteps({ groups, fixed } as unknown as Memberships, () => START);
    expect([...Array(3)].map(() => steps.next().value?.group)).toEqual([
      undefined,
      undefined,
      ip('239.1.2.3'),
    ]);
    expect([...steps].map((each) => each?.group)).toEqual([...groups.keys()].reverse());
  });
});
