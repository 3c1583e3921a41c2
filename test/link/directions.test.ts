import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/drop-reason.js';
import { type ImpairmentSettings, type LinkImpairments, UNIMPAIRED } from '../../src/impairments.js';
import type { Attachment } from '../../src/link/attachments.js';
import { Directions } from '../../src/link/directions.js';
import { Transit } from '../../src/link/transit.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { duration, instant, START } from '../../src/time.js';
import { datagram } from '../support/datagram.js';
import { superDatagram } from '../support/super-datagram.js';

const from = (
  all: Partial<ImpairmentSettings>,
  some: Readonly<Record<string, Partial<ImpairmentSettings>>> = {},
): LinkImpairments => ({
  ...{ ...UNIMPAIRED, ...all },
  from: new Map(Object.entries(some).map(([name, each]) => [name, { ...UNIMPAIRED, ...each }])),
});

/** The directions of a link, and somebody who receives. */
const made = (impairments: LinkImpairments) => {
  const transit = new Transit(() => 0.5);
  const [got, lost]: [Parcel[], DropReason[]] = [[], []];
  const state = { isUp: true, isListening: true };
  const directions = new Directions(impairments, {
    ...{ link: 'core', transit },
    allocate: (length) => new Uint8Array(length),
    refused: (reason) => void lost.push(reason),
    isUp: () => state.isUp,
    isListening: () => state.isListening,
  });
  const receiver: Attachment = {
    ...{ name: 'bob.core', kind: 'host', owner: 'bob', addresses: [], isUp: true },
    hop: { take: (parcel) => void got.push(parcel) },
    linkChanged: () => {},
    neighborChanged: () => {},
  };
  const send = (sender: string, parcel = parcelOf(datagram())): void =>
    directions
      .of(sender)
      .to(receiver)
      .take({ ...parcel, refused: (reason) => void lost.push(reason) }, START);
  const settle = (): void => transit.poll(instant(1000));
  return { directions, receiver, got, lost, state, send, settle };
};

const DELAY = { delay: duration(5) };

describe('the directions of a link', () => {
  it('are one for each sender, with what is set for all or for that sender', () => {
    const { directions } = made(
      from(DELAY, { alice: { delay: duration(9) }, carol: { delay: duration(0) } }),
    );
    const delays = () =>
      ['alice', 'bob', 'carol'].map((name) => directions.of(name).direction.settings.delay);
    expect(delays()).toEqual([9, 5, 0]);
    expect([...directions].map(([name, { isImpaired }]) => [name, isImpaired])).toEqual([
      ['alice', true],
      ['bob', true],
      ['carol', false],
    ]);
    expect(directions.of('alice')).toBe(directions.of('alice'));
    const others = from({}, { bob: DELAY });
    directions.apply(others, START);
    expect(delays()).toEqual([undefined, 5, undefined]);
    expect(directions.impairments).toBe(others);
    expect(directions.of('dan').direction.settings.delay).toBeUndefined();
  });

  it('go on holding what they hold when nothing is set any more, and what follows comes after it', () => {
    const { directions, send, got, settle } = made(from(DELAY));
    const way = directions.of('alice');
    send('alice', parcelOf(datagram(), 1));
    directions.apply(from({}), START);
    expect(way.isImpaired).toBe(true);
    send('alice', parcelOf(datagram(), 2));
    settle();
    expect(got.map(({ id }) => id)).toEqual([1, 2]);
    directions.apply(from({}), START);
    expect(way.isImpaired).toBe(false);
  });

  it('are impaired only from when something is set', () => {
    const { directions } = made(from({}));
    expect(directions.of('alice').isImpaired).toBe(false);
    directions.apply(from(DELAY), START);
    expect(directions.of('alice').isImpaired).toBe(true);
  });

  it('deliver nothing to who has left meanwhile, and take nothing while the link is down', () => {
    const { send, got, lost, state, settle } = made(from({ ...DELAY, loss: 0 }));
    send('alice');
    state.isListening = false;
    settle();
    expect([got, lost]).toEqual([[], ['link-down']]);
    state.isUp = false;
    send('alice');
    expect(lost).toEqual(['link-down', 'link-down']);
  });

  it('take no draw for what the link did not carry', () => {
    const fates = (cuts: number): string => {
      const { send, lost, state } = made(from({ loss: 0.5, seed: 1 }));
      state.isUp = false;
      for (let i = 0; i < cuts; i += 1) send('alice');
      state.isUp = true;
      lost.length = 0;
      return Array.from({ length: 40 }, () => {
        const before = lost.length;
        send('alice');
        return lost.length - before;
      }).join('');
    };
    expect(fates(3)).toBe(fates(0));
  });

  it('draw for each datagram that a super-datagram stands for, and carry complete ones', () => {
    const { directions, send, got, lost } = made(from({ loss: 0.5, seed: 1 }));
    send('alice', superDatagram({ segment: 10, length: 1000 }));
    const { counts } = directions.of('alice').direction;
    expect([got.length + lost.length, counts.lost]).toEqual([100, lost.length]);
    expect(lost.length).toBeGreaterThan(20);
    expect(got.length).toBeGreaterThan(20);
    expect(got.every(({ isPartial, datagrams }) => !isPartial && datagrams === 1)).toBe(true);
    const plain = parcelOf(datagram(), 7);
    while (got.at(-1)?.id !== 7) send('alice', plain);
    expect(got.at(-1)!.octets).toBe(plain.octets);
  });

  it('lead to a receiver, or to any hop, by the same hop each time', () => {
    const { directions, receiver } = made(from(DELAY));
    const way = directions.of('alice');
    expect(way.to(receiver)).toBe(way.to(receiver));
    const everybody = { take: () => {} };
    expect(way.toward(everybody)).toBe(way.toward(everybody));
    expect(directions.of('bob').to(receiver)).not.toBe(way.to(receiver));
  });

  it('draw as from the beginning once they start again, all of them or one', () => {
    const { directions, send, lost } = made(from({ loss: 0.5, seed: 1 }));
    const fates = (sender: string): string =>
      Array.from({ length: 40 }, () => {
        const before = lost.length;
        send(sender);
        return lost.length - before;
      }).join('');
    const [alice, bob] = [fates('alice'), fates('bob')];
    directions.restart('alice');
    expect([fates('alice') === alice, fates('bob') === bob]).toEqual([true, false]);
    directions.restart(undefined);
    expect([fates('alice') === alice, fates('bob') === bob]).toEqual([true, true]);
  });

  it('end what they hold when the link is cut', () => {
    const { directions, send, got, lost, settle } = made(from(DELAY));
    send('alice');
    send('bob');
    directions.cut(START);
    settle();
    expect([got, lost]).toEqual([[], ['link-down', 'link-down']]);
  });
});
