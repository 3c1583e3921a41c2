import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import * as ipv4 from '../../src/ip/header.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { milliseconds, NEVER, seconds } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { datagram } from '../support/datagram.js';

const GROUP = '239.1.2.3';
const MEMBERS = `igmp: { static-groups: [{ group: ${GROUP} }] }`;
const ALICE = '198.51.100.10';

/** A lab in which alice sends UDP, and why that goes no further in it. */
class Observed {
  readonly lab: VirtualLab;
  readonly reasons = new Set<string>();

  constructor(text: string) {
    const notify = (event: Event): void => {
      if (event.type === 'drop' && ipv4.protocol(event.datagram) === 17) this.reasons.add(event.reason);
    };
    this.lab = new VirtualLab(configured(text), {
      observer: { wants: (type) => type === 'drop', notify },
    });
    this.lab.advance(milliseconds(100));
  }

  send(destination: string, ttl: number, length = 20): void {
    const payload = new Uint8Array(length);
    this.lab
      .host('alice', 'red')
      .send(datagram({ source: ALICE, destination, protocol: 17, ttl, payload, flags: 0 }));
    this.#balance();
  }

  /** How much all routers have forwarded. */
  get forwarded(): number {
    return [...this.lab.lab.routers.values()].reduce((sum, { ledger }) => sum + ledger.forwarded, 0);
  }

  /** Lets go on what waits; returns how long that takes, in milliseconds. */
  settle(longest: number): number {
    const begun = this.lab.now;
    while (this.lab.lab.nextRelease() !== NEVER && this.lab.now - begun < longest)
      this.lab.advance(milliseconds(1));
    this.#balance();
    return this.lab.now - begun;
  }

  #balance(): void {
    for (const { ledger } of this.lab.lab.routers.values())
      expect(ledger.received).toBe(ledger.forwarded + ledger.delivered + ledger.dropped + ledger.held);
  }
}

/** Routers that are all on three links, and alice and bob on one of them each. */
const circleOf = (
  { routers, reversePath }: { readonly routers: readonly number[]; readonly reversePath: 'off' | 'strict' },
  more = '',
): string => `
links: { red: {}, blue: {}, green: {} }
hosts:
  alice: { interfaces: { red: { address: ${ALICE}/24 } } }
  bob: { interfaces: { green: { address: 192.0.2.10/24 } } }
routers:
${routers
  .map((at) => {
    const on = (link: string, net: string) => `${link}: { address: ${net}.${at}/24, ${MEMBERS}${more} }`;
    const interfaces = [on('red', '198.51.100'), on('blue', '203.0.113'), on('green', '192.0.2')];
    return `  r${at}: { multicast: { reverse-path: ${reversePath} }, interfaces: { ${interfaces.join(', ')} } }`;
  })
  .join('\n')}`;

/** Two of them, that take from wherever groups come. */
const circle = (more = '') => new Observed(circleOf({ routers: [1, 2], reversePath: 'off' }, more));

/** A row of routers from red, where alice is, to the last link, where bob is; `on` is what its interfaces have toward bob. */
const row = (count: number, link = '', on = '', red = ''): Observed => {
  const names = [...Array(count).keys()];
  const last = count - 1;
  return new Observed(`
links: { red: {${red}}, ${names.map((at) => `l${at}: {${link}}`).join(', ')} }
hosts:
  alice: { interfaces: { red: { address: ${ALICE}/24 } } }
  bob: { interfaces: { l${last}: { address: 10.0.${last}.10/24 } } }
routers:
${names
  .map((at) => {
    const from =
      at === 0 ? 'red: { address: 198.51.100.1/24 }' : `l${at - 1}: { address: 10.0.${at - 1}.2/24 }`;
    const routes = [
      ...(at === 0 ? [] : [`{ to: 198.51.100.0/24, via: 10.0.${at - 1}.1 }`]),
      ...(at === last ? [] : [`{ to: 10.0.${last}.0/24, via: 10.0.${at}.2 }`]),
    ];
    return `  r${at}: { interfaces: { ${from}, l${at}: { address: 10.0.${at}.1/24${on} } }, routes: [${routes.join(', ')}] }`;
  })
  .join('\n')}`);
};

describe('a datagram to a group that goes in circles, and becomes more in each', () => {
  it('is all over at once where its TTL allows no more than a moment has room for', () => {
    const made = circle();
    made.send(GROUP, 6);
    expect([made.reasons, made.lab.lab.nextRelease()]).toEqual([new Set(['multicast-ttl']), NEVER]);
    // Two routers take it from red; each copy is heard by one router, and goes on twice.
    expect(made.forwarded).toBe(2 * (1 + 2 + 4 + 8 + 16));
  });

  it('goes on while others have their turn, loses what there is no room for, and ends', () => {
    const made = circle();
    made.send(GROUP, 24);
    expect(made.forwarded).toBeLessThan(10_000);
    const before = made.forwarded;
    made.lab.advance(milliseconds(1));
    expect(made.forwarded - before).toBeLessThanOrEqual(1000);
    expect(made.settle(5000)).toBeLessThan(5000);
    expect(made.reasons).toEqual(new Set(['link-queue', 'multicast-ttl']));
    // Then the links are as before.
    made.lab.host('bob', 'green').take();
    made.send(GROUP, 2);
    expect(made.lab.host('bob', 'green').take()).toHaveLength(2);
  });

  it('does not stop anything where a router gives it another TTL each time, and ends once that ends', () => {
    const made = circle(', multicast-ttl: 64');
    made.send(GROUP, 64);
    expect(made.settle(100)).toBeGreaterThanOrEqual(100);
    made.send('192.0.2.10', 64);
    made.lab.apply(configured(circleOf({ routers: [1, 2], reversePath: 'strict' })));
    expect(made.settle(1000)).toBeLessThan(500);
    expect(made.reasons).toContain('multicast-reverse-path');
  });

  it('is over for a router that goes', () => {
    const made = circle();
    made.send(GROUP, 24);
    made.lab.apply(configured(circleOf({ routers: [1], reversePath: 'off' })));
    expect(made.settle(1000)).toBeLessThan(100);
    expect(made.reasons).toContain('link-down');
  });
});

describe('a datagram to a group', () => {
  it('passes a row of more routers than a stack has room for', () => {
    const names = [...Array(1000).keys()];
    const address = (link: number, host: number) => `10.${link >>> 8}.${link & 255}.${host}/24`;
    const made = new Observed(`
links: { red: {}, ${names.map((at) => `l${at}: {}`).join(', ')} }
hosts: { alice: { interfaces: { red: { address: ${ALICE}/24 } } } }
routers:
${names
  .map(
    (at) =>
      `  r${at}: { multicast: { reverse-path: off }, interfaces: { ${at === 0 ? 'red: { address: 198.51.100.1/24' : `l${at - 1}: { address: ${address(at - 1, 2)}`}, multicast-ttl: 64 }, l${at}: { address: ${address(at, 1)}, ${MEMBERS} } } }`,
  )
  .join('\n')}`);
    made.send(GROUP, 64);
    // Nobody is behind the last one.
    expect([made.forwarded, made.reasons]).toEqual([999, new Set(['multicast-no-member'])]);
  });

  it('keeps its order in a long row, and all of it arrives, however much comes at once', () => {
    const made = row(24, '', `, ${MEMBERS}`);
    made.lab.host('bob', 'l23').take();
    for (let each = 0; each < 1000; each += 1) {
      made.send(GROUP, 64, 20 + each);
      if (each % 100 === 0) made.lab.advance(milliseconds(0.4));
    }
    const lengths = made.lab
      .host('bob', 'l23')
      .take()
      .filter((octets) => ipv4.protocol(octets) === 17)
      .map(({ length }) => length - 28);
    expect(lengths).toEqual([...Array(1000).keys()].map((each) => 12 + each));
  });

  it('may come by several ways, which become more with each hop', () => {
    const stages = [...Array(20).keys()];
    const made = new Observed(`
links: { red: {}, ${stages.map((at) => `a${at}: {}, b${at}: {}`).join(', ')} }
hosts: { alice: { interfaces: { red: { address: ${ALICE}/24 } } } }
routers:
${stages
  .map(
    (at) =>
      `  r${at}: { multicast: { reverse-path: off }, interfaces: { ${at === 0 ? 'red: { address: 198.51.100.1/24 }' : `a${at - 1}: { address: 10.${at - 1}.0.2/24 }, b${at - 1}: { address: 10.${at - 1}.1.2/24 }`}, a${at}: { address: 10.${at}.0.1/24, ${MEMBERS} }, b${at}: { address: 10.${at}.1.1/24, ${MEMBERS} } } }`,
  )
  .join('\n')}`);
    made.send(GROUP, 64);
    expect(made.settle(5000)).toBeLessThan(5000);
    expect(made.reasons).toEqual(new Set(['link-queue', 'multicast-no-member']));
    expect(made.lab.lab.routers.get('r19')!.ledger.received).toBeGreaterThan(1000);
  });
});

describe('a datagram that links double', () => {
  it('arrives as often as they have doubled it, its fragments, too', () => {
    const made = row(7, ' duplicate: 100%, mtu: 576 ', '', ' mtu: 9000 ');
    made.send('10.0.6.10', 64);
    made.settle(1000);
    expect(made.lab.host('bob', 'l6').take()).toHaveLength(128);
    made.send('10.0.6.10', 64, 5000);
    made.settle(1000);
    expect(made.lab.host('bob', 'l6').take()).toHaveLength(128 * 10);
    expect(made.reasons).toEqual(new Set());
  });

  it('arrives in order, and all of it, however much comes at once', () => {
    const made = row(6, ' duplicate: 50% ');
    for (let each = 0; each < 1000; each += 1) made.send('10.0.5.10', 64, 20 + each);
    const lengths = made.lab
      .host('bob', 'l5')
      .take()
      .map(({ length }) => length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(new Set(lengths).size).toBe(1000);
    expect(made.reasons).toEqual(new Set());
  });

  it.each(['', ', reorder: 50%'])('ends, in a circle, too%s', (more) => {
    const made = new Observed(`
links: { red: {}, blue: { duplicate: 100%${more} } }
hosts: { alice: { interfaces: { red: { address: ${ALICE}/24 } } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 192.0.2.0/24, via: 203.0.113.2 }]
  r2:
    interfaces: { blue: { address: 203.0.113.2/24 } }
    routes: [{ to: 192.0.2.0/24, via: 203.0.113.1 }]
`);
    made.send('192.0.2.1', 24);
    expect(made.forwarded).toBeLessThan(10_000);
    made.lab.advance(seconds(2));
    expect(made.lab.lab.nextRelease()).toBe(NEVER);
    expect(made.reasons).toEqual(new Set(['link-queue', 'ttl-expired']));
    const { direction } = made.lab.lab.links.get('blue')!.directions.of('r1');
    expect(direction.counts.duplicated).toBeGreaterThan(1000);
  });
});
