import { describe, expect, it } from 'vitest';
import { findConflicts, type HostSurvey, remainingChanges } from '../../src/host/conflicts.js';
import { commandOf, type NamespaceName, planHost } from '../../src/host/plan.js';
import type { InstanceState } from '../../src/host/state-file.js';
import type { DeviceSurvey, NamespaceSurvey, RouteSurvey } from '../../src/host/survey.js';
import { host, lab, prefix } from './lab.js';
import { state } from './state.js';

const device = (options: Partial<DeviceSurvey>): DeviceSurvey => ({
  name: 'eth0',
  index: 2,
  mtu: 1500,
  queueLength: 500,
  up: true,
  attached: true,
  tun: undefined,
  addresses: [],
  ...options,
});

const route = (to: string, options: Partial<RouteSurvey> = {}): RouteSurvey => ({
  to: prefix(to),
  via: undefined,
  device: 'eth0',
  metric: 0,
  ...options,
});

const found = (namespace: NamespaceName, survey: Partial<NamespaceSurvey>): HostSurvey =>
  new Map([[namespace, { identity: '7@1', devices: [], routes: [], ...survey }]]);

const inSelf = lab({ hosts: [host({ namespace: 'self' })] });

const messages = (configuration: ReturnType<typeof lab>, survey: HostSurvey, previous?: InstanceState) =>
  findConflicts(planHost(configuration), survey, previous).map(({ message }) => message);

describe('conflicts with what is there already', () => {
  it('are none on an empty machine', () => {
    expect(messages(lab(), new Map())).toEqual([]);
  });

  it("are a foreign namespace with the host's own name, and nothing inside it", () => {
    expect(messages(lab(), found('alice', { devices: [device({ name: 'tp-red' })] }))).toEqual([
      "network namespace alice exists already and is not this lab's",
    ]);
  });

  it('are a namespace of a lab that runs, which nobody is told to delete', () => {
    const made = { kind: 'namespace', name: 'alice', created: true, identity: '7@1' } as const;
    const running = [state({ name: 'other', objects: [made] })];
    const conflicts = findConflicts(planHost(lab()), found('alice', {}), undefined, undefined, running);
    expect(conflicts).toEqual([
      {
        message: 'network namespace alice is in use by the lab other, which is running',
        fix: 'give the hosts another `namespace:`, or stop that lab: tunpike down other',
      },
    ]);
  });

  it('are no namespace that the configuration asks for by name', () => {
    expect(messages(lab({ hosts: [host({ namespace: 'mine' })] }), found('mine', {}))).toEqual([]);
  });

  it('are no namespace that a killed instance of ours made, while it is the very same', () => {
    const made = { kind: 'namespace', name: 'alice', created: true, identity: '7@1' } as const;
    expect(messages(lab(), found('alice', {}), state({ objects: [made] }))).toEqual([]);
    const other = { ...made, identity: '7@0' };
    expect(messages(lab(), found('alice', {}), state({ objects: [other] }))).toHaveLength(1);
  });

  it('are all named at once', () => {
    const survey = found(undefined, {
      devices: [device({ name: 'tp-red' }), device({ addresses: ['198.51.100.10/32'] })],
      routes: [route('default', { via: '10.0.0.1' })],
    });
    expect(messages(inSelf, survey)).toEqual([
      'device tp-red exists already in this namespace and is no TUN device',
      'address 198.51.100.10 is already on eth0 in this namespace',
      'route default exists already in this namespace: via 10.0.0.1 dev eth0',
    ]);
  });

  it('are an existing subnet inside, equal to or around the new one, unless it is only a route elsewhere', () => {
    const overlapping = (to: string, via?: string) =>
      messages(inSelf, found(undefined, { routes: [route(to, { via })] })).length;
    expect(overlapping('198.51.100.0/24')).toBe(1);
    expect(overlapping('198.51.100.128/25', '10.0.0.1')).toBe(1);
    expect(overlapping('198.51.0.0/16')).toBe(1);
    expect(overlapping('198.51.0.0/16', '10.0.0.1')).toBe(0);
    expect(overlapping('198.51.101.0/24')).toBe(0);
  });

  it('are no default route of another metric', () => {
    const survey = found(undefined, { routes: [route('default', { via: '10.0.0.1', metric: 100 })] });
    expect(messages(inSelf, survey)).toEqual([]);
  });

  it('are a TUN device in use, but not a persistent one that the lab asks to take over', () => {
    const persistent = lab({ hosts: [host({ namespace: 'self', persistent: true })] });
    const idle = found(undefined, {
      devices: [device({ name: 'tp-red', attached: false, tun: { persistent: true } })],
    });
    const used = found(undefined, { devices: [device({ name: 'tp-red', tun: { persistent: true } })] });
    expect(messages(persistent, idle)).toEqual([]);
    expect(messages(inSelf, idle)).toEqual(['device tp-red exists already in this namespace']);
    expect(messages(persistent, used)).toEqual([
      'device tp-red exists already in this namespace and another process holds it',
    ]);
  });
});

describe('the changes that remain', () => {
  it('are all of them on an empty machine', () => {
    const plan = planHost(lab());
    expect(remainingChanges(plan, new Map(), undefined)).toEqual(plan);
  });

  it('are none where a persistent device has everything', () => {
    const plan = planHost(lab({ hosts: [host({ namespace: 'self', persistent: true })] }));
    const survey = found(undefined, {
      devices: [device({ name: 'tp-red', tun: { persistent: true }, addresses: ['198.51.100.10/24'] })],
      routes: [route('default', { via: '198.51.100.1', device: 'tp-red' })],
    });
    expect(remainingChanges(plan, survey, undefined)).toEqual([]);
  });

  it('leave lo and IPv6 alone in a namespace that is not ours', () => {
    const plan = planHost(lab({ hosts: [host({ namespace: 'mine', routes: [] })] }));
    expect(remainingChanges(plan, found('mine', {}), undefined).map(commandOf)).toEqual([
      'ip -n mine tuntap add dev tp-red mode tun',
      'ip -n mine link set dev tp-red mtu 1500',
      'ip -n mine address add 198.51.100.10/24 dev tp-red',
      'ip -n mine link set dev tp-red up',
    ]);
  });
});
