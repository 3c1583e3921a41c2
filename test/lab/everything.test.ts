import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseChangeLine } from '../../src/change/change.js';
import { readConfiguration } from '../../src/config/read.js';
import type { Event } from '../../src/event.js';
import { Failure } from '../../src/failure.js';
import { performChange } from '../../src/lab/change/perform.js';
import { explained } from '../../src/lab/explain/explain.js';
import { originAt } from '../../src/lab/explain/places.js';
import { configurationInForce } from '../../src/lab/in-force.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import * as show from '../../src/observe/show.js';
import { deviceRows } from '../../src/observe/show-devices.js';
import { filterRows } from '../../src/observe/show-filters.js';
import { groupRows, mrouteRows, showIgmp } from '../../src/observe/show-igmp.js';
import { linkRows } from '../../src/observe/show-links.js';
import { showSchedule } from '../../src/observe/show-schedule.js';
import { topologyRows } from '../../src/observe/show-topology.js';
import type { ShowWhat } from '../../src/observe/shown.js';
import { showConfig } from '../../src/runtime/services/show-config.js';
import { isFault } from '../../src/text/fault.js';
import { milliseconds, seconds } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { datagram } from '../support/datagram.js';
import { anySteps, FILE, FILES, FOLDER, type Step } from './everything.js';

afterAll(() => rmSync(FOLDER, { recursive: true }));

const RUNS = Number(process.env.TUNPIKE_EVERYTHING_RUNS ?? 12);
const HOSTS = [
  ['alice', 'red', '198.51.100.10'],
  ['bob', 'blue', '203.0.113.10'],
  ['dave', 'edge', '198.18.5.200'],
  ['carol', 'red', '198.51.100.20'],
] as const;
const CONFIGURATIONS = FILES.map((text) => configured(text, FILE));

/** A lab of the first file, to which things happen. */
class Happening {
  readonly events: Event[] = [];
  readonly virtual = new VirtualLab(CONFIGURATIONS[0]!, {
    observer: { wants: () => true, notify: (event) => void this.events.push(copied(event)) },
  });
  #file = CONFIGURATIONS[0]!;
  #sent = 0;

  do(step: Step): void {
    const { virtual } = this;
    if (step.kind === 'wait') virtual.advance(milliseconds(step.milliseconds));
    else if (step.kind === 'reload') this.reload(step.file);
    else if (step.kind === 'send') this.#send(step);
    else this.type(step.line);
  }

  reload(at: number): void {
    const next = CONFIGURATIONS[at]!;
    const { lab } = this.virtual;
    this.virtual.apply(configurationInForce(this.#file, next, lab.configuration));
    this.#file = next;
    this.virtual.advance(milliseconds(0));
  }

  /** What is refused is refused as the contract says, and changes nothing. */
  type(line: string): void {
    const { lab, now } = this.virtual;
    const change = parseChangeLine(line);
    // The same options do not go with all others.
    if (isFault(change)) return;
    try {
      performChange(lab, change, now);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      expect([2, 7]).toContain(error.exitCode);
    }
  }

  /** What `explain` says of a datagram is what then happens to it, where the links leave nothing to chance and at once. */
  #send({ from, to, port }: Step & { readonly kind: 'send' }): void {
    const { virtual, events } = this;
    const { lab, now } = virtual;
    const [host, link, source] = HOSTS[from]!;
    if (lab.configuration.hosts.get(host) === undefined) return;
    this.#sent += 1;
    const payload = [0x03, 0xe8, 0, port, 0, 8, 0, 0];
    const octets = datagram({ source, destination: to, id: this.#sent, payload });
    const { explanation, steps, heard } = explained(lab, originAt(lab, `${host}.${link}`), octets, now);
    events.length = 0;
    for (const [name, on] of HOSTS) if (lab.configuration.hosts.has(name)) virtual.host(name, on).take();
    virtual.host(host, link).send(octets);
    const isCertain = steps.every(
      ({ what, detail }) =>
        what !== 'held' && (what !== 'link' || !/%/.test(detail) || /loss 100%/.test(detail)),
    );
    if (
      !isCertain ||
      [...lab.links.values()].some(({ directions }) =>
        [...directions].some(([, { direction }]) => direction.queued > 0),
      )
    )
      return;
    const isIt = (other: Uint8Array): boolean =>
      other[4] === octets[4] && other[5] === octets[5] && other[9] === 17;
    const arrived = HOSTS.filter(
      ([name, on]) => lab.configuration.hosts.has(name) && virtual.host(name, on).take().some(isIt),
    ).map(([name]) => name);
    const reasons = events.flatMap((event) =>
      event.type === 'drop' && isIt(event.datagram) ? [event.reason] : [],
    );
    expect(new Set(arrived)).toEqual(new Set(heard));
    if (explanation.verdict === 'dropped' && explanation.reason !== 'multicast-no-member')
      expect(reasons).toContain(explanation.reason);
    tally.set(
      explanation.reason ?? explanation.verdict,
      (tally.get(explanation.reason ?? explanation.verdict) ?? 0) + 1,
    );
  }

  /** Everything that was typed is taken back, and what it set for a time is over. */
  undo(): void {
    const { lab } = this.virtual;
    for (const name of lab.links.keys())
      for (const verb of ['reset', 'up']) this.type(`link ${verb} ${name}`);
    this.reload(1);
    this.reload(0);
    for (const { name, filters, routing } of lab.routers.values()) {
      for (const { filter } of filters.views(this.virtual.now))
        if (filter.origin === 'runtime') this.type(`filter del ${filter.name} -r ${name}`);
      for (const route of routing.rib) if (route.origin === 'runtime') routing.remove(route);
    }
    this.virtual.advance(seconds(60));
  }
}

const tally = new Map<string, number>();

const copied = (event: Event): Event =>
  event.type === 'drop' ? { ...event, datagram: event.datagram.slice() } : event;

/** What `show` shows of each subject, as a caller gets it. */
const SUBJECTS: {
  readonly [What in Exclude<ShowWhat, 'status' | 'changes' | 'captures'>]: (virtual: VirtualLab) => unknown;
} = {
  interfaces: ({ lab }) => show.showInterfaces(lab),
  devices: ({ lab }) => [...deviceRows(lab, () => undefined)],
  routes: ({ lab }) => [...show.routeRows(lab)],
  neighbors: ({ lab }) => [...show.neighborRows(lab)],
  links: ({ lab }) => [...linkRows(lab)],
  icmp: ({ lab }) => [...show.icmpRows(lab)],
  igmp: ({ lab, now }) => showIgmp(lab, now),
  groups: ({ lab, now }) => [...groupRows(lab, () => now)],
  mroutes: ({ lab }) => [...mrouteRows(lab)],
  filters: ({ lab, now }) => [...filterRows(lab, now)],
  drops: ({ lab }) => show.showDrops(lab, String),
  schedule: ({ schedule, now }) => showSchedule(schedule, now),
  topology: ({ lab }) => [...topologyRows(lab)],
  config: ({ lab, now }) => showConfig(lab, now).value,
};

const printed = (virtual: VirtualLab): string => stringify(SUBJECTS.config(virtual));

/** What is in force of routes, filters, links and settings, without what has happened and by whom it was set. */
const inForce = ({ lab, now }: VirtualLab): unknown => ({
  routes: [...show.routeRows(lab)].map(({ origin, ...row }) => ({
    ...row,
    isConnected: origin === 'connected',
  })),
  filters: [...filterRows(lab, now)].map(({ expiresSeconds, matched: _, origin: __, ...row }) => ({
    ...row,
    passes: expiresSeconds !== null,
  })),
  links: [...linkRows(lab)].map(
    ({
      queuedDatagrams: _,
      queuedOctets: __,
      lostDatagrams: ___,
      droppedDatagrams: ____,
      duplicatedDatagrams: _____,
      corruptedDatagrams: ______,
      ...row
    }) => row,
  ),
  settings: [...lab.configuration.routers].map(([name, { settings }]) => [name, settings]),
});

const expectSums = ({ lab }: VirtualLab): void => {
  for (const router of lab.routers.values()) {
    const { received, forwarded, delivered, dropped, held } = router.ledger;
    expect(forwarded + delivered + dropped + held, router.name).toBe(received);
    for (const { name, counters, refusals } of router.interfaces) {
      const refused = refusals.values().reduce((sum, { packets }) => sum + packets, 0);
      expect(counters.refusedPackets, name).toBe(refused);
      expect(counters.handedPackets, name).toBeGreaterThanOrEqual(refused);
    }
  }
};

/** A lab of what another one prints, when its schedule has done what is to be done at once. */
const again = (virtual: VirtualLab): VirtualLab => {
  const text = printed(virtual);
  const { configuration, problems } = readConfiguration(text, FILE);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const fresh = new VirtualLab(configuration!);
  fresh.advance(milliseconds(100));
  return fresh;
};

it('can be changed in every way, in any order, says at each moment what it is, and can be taken back', () => {
  const untouched = new Happening().virtual;
  untouched.advance(seconds(60));
  const start = printed(untouched);
  fc.assert(
    fc.property(anySteps, (steps) => {
      const happening = new Happening();
      const { virtual } = happening;
      for (const step of steps) {
        happening.do(step);
        expectSums(virtual);
        for (const subject of Object.values(SUBJECTS)) JSON.stringify(subject(virtual));
        if (step.kind !== 'send') expect(inForce(again(virtual))).toEqual(inForce(virtual));
      }
      happening.undo();
      expectSums(virtual);
      expect(printed(virtual)).toBe(start);
    }),
    // The same sequences each time, but for a long run.
    { numRuns: RUNS, ...(RUNS < 100 ? { seed: 2 } : {}) },
  );
  expect(tally.size).toBeGreaterThan(0);
  // Not in each short run does one go all the way.
  if (RUNS >= 100) expect(tally.get('forwarded')).toBeGreaterThan(0);
});
