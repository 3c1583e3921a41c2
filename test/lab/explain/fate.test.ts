import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatAddress } from '../../../src/address.js';
import type { Event } from '../../../src/event.js';
import { SENT_MESSAGES, type SentMessage } from '../../../src/icmp/message.js';
import * as ipv4 from '../../../src/ip/header.js';
import { explained } from '../../../src/lab/explain/explain.js';
import { originAt } from '../../../src/lab/explain/places.js';
import { VirtualLab } from '../../../src/lab/virtual-lab.js';
import { icmpRows, neighborRows, showDrops, showInterfaces } from '../../../src/observe/show.js';
import { filterRows } from '../../../src/observe/show-filters.js';
import { groupRows, mrouteRows, showIgmp } from '../../../src/observe/show-igmp.js';
import { seededRandom } from '../../../src/random.js';
import { milliseconds, NEVER } from '../../../src/time.js';
import { configured } from '../../support/configured.js';
import { anyDatagram, anyLab, oneOf } from './situations.js';

/** A lab for each run, and so many datagrams in each: 10,000 by default; 1000 runs are the long form. */
const RUNS = Number(process.env.TUNPIKE_EXPLAIN_RUNS ?? 100);
const DATAGRAMS = 100;

const HOSTS = [
  ['alice', 'red', '198.51.100.10'],
  ['carol', 'red', '198.51.100.20'],
  ['bob', 'blue', '203.0.113.10'],
  ['dave', 'edge', '10.2.0.10'],
] as const satisfies readonly (readonly [string, string, string])[];

/** All that asking might change. */
const stateOf = ({ lab, now }: VirtualLab): string =>
  JSON.stringify([
    [...lab.routers.values()].map(({ ledger }) => ledger),
    showInterfaces(lab),
    [...neighborRows(lab)],
    [...icmpRows(lab)],
    showIgmp(lab, now),
    [...groupRows(lab, () => now)],
    [...mrouteRows(lab)],
    [...filterRows(lab, now)],
    showDrops(lab, String),
    lab.nextDeadline(),
  ]);

const ROUTERS = new Set([
  '198.51.100.1',
  '198.51.100.2',
  '10.1.0.1',
  '10.1.0.2',
  '10.2.0.2',
  '10.2.0.3',
  '10.3.0.1',
  '10.3.0.3',
  '203.0.113.1',
]);

const inSituation = (seed: number): void => {
  const random = seededRandom(seed);
  const text = anyLab(random);
  const events: Event[] = [];
  const lab = new VirtualLab(configured(text), {
    seed,
    observer: { wants: () => true, notify: (event) => void events.push(copied(event)) },
  });
  lab.advance(milliseconds(100));
  for (const [host, link] of HOSTS) if (random() < 0.03) lab.host(host, link).setUp(false);
  if (random() < 0.1) lab.lab.links.get(oneOf(random, 'core', 'edge', 'blue', 'red'))!.setUp(false, lab.now);
  for (let each = 1; each <= DATAGRAMS; each += 1) {
    lab.advance(milliseconds(oneOf(random, 0, 1, 50, 400)));
    const [host, link, own] = oneOf<(typeof HOSTS)[number]>(random, ...HOSTS);
    const octets = anyDatagram(random, own, each);
    for (const [name, on] of HOSTS) lab.host(name, on).take();
    // Looking at everything takes longer than all the rest.
    const isLookedAt = each % 10 === 0;
    const before = isLookedAt ? stateOf(lab) : '';
    const outcome = explained(lab.lab, originAt(lab.lab, `${host}.${link}`), octets, lab.now);
    if (isLookedAt) expect(stateOf(lab)).toBe(before);
    const ledgers = [...lab.lab.routers].map(([, { ledger }]) => ledger.delivered);
    events.length = 0;
    if (!lab.lab.links.get(link)!.attachments.find(({ owner }) => owner === host)!.isUp) {
      expect(outcome.explanation).toMatchObject({ verdict: 'dropped', reason: 'link-down' });
      continue;
    }
    lab.host(host, link).send(octets);
    const isIt = (other: Uint8Array): boolean => isPartOf(other, octets);
    const heard = HOSTS.filter(([name, on]) => lab.host(name, on).take().some(isIt)).map(([name]) => name);
    const reasons = new Set(
      events.flatMap((event) => (event.type === 'drop' && isIt(event.datagram) ? [event.reason] : [])),
    );
    const { verdict, reason, icmp } = outcome.explanation;
    const why = () =>
      `${text}\n${host} sends ${Buffer.from(octets.subarray(0, 60)).toString('hex')}\n${outcome.steps.map((step) => `${step.at} ${step.what} ${step.detail}`).join('\n')}\n${JSON.stringify({ verdict, reason, icmp })}\n${JSON.stringify({ heard, reasons: [...reasons] })}`;
    // What becomes more with each hop is told up to a limit, and has to wait: what comes now waits behind it.
    if (isCutShort(outcome.steps) || lab.lab.nextRelease() !== NEVER) return;
    if (isUncertain(outcome.steps)) continue;
    expect([...outcome.heard].sort(), why()).toEqual([...heard].sort());
    const explainedReasons = new Set(outcome.drops.map((drop) => drop.reason));
    if (outcome.isToMany) for (const each of explainedReasons) expect([...reasons], why()).toContain(each);
    else expect([...explainedReasons], why()).toEqual([...reasons]);
    if (verdict === 'dropped' && reason !== 'multicast-no-member')
      expect([...reasons], why()).toContain(reason);
    const errors = events.flatMap((event) =>
      event.type === 'icmp' &&
      event.direction === 'sent' &&
      isErrorName(event.message) &&
      !ROUTERS.has(formatAddress(event.to))
        ? [{ ...numbersOf(event.message), from: formatAddress(event.from), to: formatAddress(event.to) }]
        : [],
    );
    if (!(icmp !== null && ROUTERS.has(icmp.to))) expect(errors, why()).toEqual(icmp === null ? [] : [icmp]);
    for (const [at, name] of [...lab.lab.routers.keys()].entries())
      if (outcome.routers.has(name))
        expect(lab.lab.routers.get(name)!.ledger.delivered, why()).toBeGreaterThan(ledgers[at]!);
    tally.set(reason ?? verdict, (tally.get(reason ?? verdict) ?? 0) + 1);
  }
};

const tally = new Map<string, number>();

const numbersOf = (message: string): { type: number; code: number } => {
  const [type, code] = SENT_MESSAGES[message as SentMessage];
  return { type, code };
};

/** The datagram of a drop is valid only during the call. */
const copied = (event: Event): Event =>
  event.type === 'drop' ? { ...event, datagram: event.datagram.slice() } : event;

type Steps = readonly { at: string; what: string; detail: string }[];

const isCutShort = (steps: Steps): boolean => steps.filter(({ what }) => what === 'in').length >= 1000;

/** In a circle, a filter that counts or draws may say something else the second time. */
const isUncertain = (steps: Steps): boolean => {
  const visited = steps.filter(({ what }) => what === 'in').map(({ at }) => at.split('.')[0]);
  return (
    new Set(visited).size < visited.length &&
    steps.some(({ what, detail }) => what === 'filter' && /^[de]:/.test(detail))
  );
};

it('is explained before as it then comes true, and asking changes nothing', {
  timeout: 60_000 + RUNS * 500,
}, () => {
  // In these, groups go in circles in which they become more and more, also in fragments, and a broadcast is heard by nobody.
  const examples: [number][] = [[978], [2147481744], [1653680141], [865596501], [417051330]];
  fc.assert(fc.property(fc.nat(), inSituation), { numRuns: RUNS, examples });
  if (process.env.TUNPIKE_EXPLAIN_RUNS) console.log(Object.fromEntries(tally));
  for (const each of [
    'forwarded',
    'delivered',
    'no-route',
    'ttl-expired',
    'would-fragment',
    'host-unreachable',
    'filter-drop',
    'filter-reject',
    'port-unreachable',
    'protocol-unreachable',
    'martian-source',
    'multicast-no-member',
    'link-loss',
    'link-down',
    'reverse-path',
    'broadcast',
    // Too rare for a short run.
    ...(RUNS < 1000 ? [] : ['source-route']),
  ])
    expect(tally.get(each) ?? 0, each).toBeGreaterThan(0);
});

/** Whether a message is about a datagram that goes no further. */
const isErrorName = (message: string): boolean =>
  [3, 11, 12].includes(SENT_MESSAGES[message as SentMessage]?.[0] ?? 0);

/**
 * Whether this is a datagram that was sent, or a fragment of it. Later fragments do not carry all of its options, so that
 * another fate may be theirs: then only the first one counts.
 */
const isPartOf = (datagram: Uint8Array, sent: Uint8Array): boolean => {
  if (sent.length < 20 || datagram.length < 20) return datagram.length === sent.length;
  if (ipv4.hasOptions(sent) && ipv4.fragmentOffset(datagram) > ipv4.fragmentOffset(sent)) return false;
  return (
    ipv4.source(datagram) === ipv4.source(sent) && ipv4.identification(datagram) === ipv4.identification(sent)
  );
};
