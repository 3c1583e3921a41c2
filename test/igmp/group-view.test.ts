import { describe, expect, it } from 'vitest';
import { groupSteps } from '../../src/igmp/group-view.js';
import { FixedGroups } from '../../src/igmp/membership/fixed.js';
import { newGroup } from '../../src/igmp/membership/group.js';
import type { Memberships } from '../../src/igmp/membership/memberships.js';
import { START } from '../../src/time.js';
import { ip } from '../support/datagram.js';

type FixedSettings = ConstructorParameters<typeof FixedGroups>[0];

describe('the groups of an interface, one by one', () => {
  it('tell a prefix from the group that it begins with, and leave out a group that is gone when its turn comes', () => {
    const first = ip('239.1.2.0');
    const groups = new Map(
      [first, first + 1].map((group) => [group, { ...newGroup(group, START), lastReporter: 7 }]),
    );
    const stepsOf = (staticGroups: FixedSettings['staticGroups']) =>
      groupSteps(
        { groups, fixed: new FixedGroups({ staticGroups, joinGroups: [] }) } as unknown as Memberships,
        () => START,
      );
    const prefix = { network: first, length: 24 };
    expect([...stepsOf([{ group: prefix, source: undefined }])]).toMatchObject([
      { group: first, length: 24, lastReporter: undefined, origins: ['static'] },
      { group: first, length: 32, lastReporter: 7, origins: ['report', 'static'] },
      { group: first + 1, length: 32, lastReporter: 7, origins: ['report', 'static'] },
    ]);
    const steps = stepsOf([]);
    expect(steps.next().value?.group).toBe(first);
    groups.clear();
    expect([...steps]).toEqual([]);
  });
});
