import { expect, it } from 'vitest';
import type { Parcel } from '../../src/parcel.js';
import { Arena } from '../../src/tun/arena.js';
import { type Descriptor, ECANCELED, EINVAL } from '../../src/tun/descriptor.js';
import { SendQueue } from '../../src/tun/send-queue.js';
import { superDatagram } from '../support/super-datagram.js';

it('what a device has not taken is told as it was handed over, however many wait', () => {
  const queue = new SendQueue(new Arena());
  const parcels = Array.from({ length: 300 }, (_, i): Parcel => {
    const parcel = superDatagram({ id: i, segment: 100, length: 90 + 60 * (i % 5) });
    return i % 3 === 0 ? { ...parcel, identificationStep: 0 } : parcel;
  });
  for (const each of parcels) queue.push(each);
  expect(queue.write(undefined)).toBe(300);
  for (const [i, each] of parcels.entries()) {
    const { segment, datagrams } = each;
    const identificationStep = segment === 0 ? 1 : each.identificationStep;
    expect(queue.parcel(i)).toMatchObject({ isPartial: true, segment, datagrams, identificationStep });
  }
});

it('what found no room in the arena stays behind a super-datagram that is refused, too', () => {
  const arena = new Arena();
  const queue = new SendQueue(arena);
  const lengths = [100, 60_000, 100];
  while (arena.offsetOf(arena.allocate(60_000)) !== undefined);
  for (const length of lengths) queue.push(superDatagram({ segment: 1000, length }));
  const tried: number[] = [];
  const write: Descriptor['write'] = (_octets, _offsets, [length], _count, errors) => {
    tried.push(length!);
    errors[0] = length! > 1000 ? EINVAL : 0;
    return length! > 1000 ? 1 : 0;
  };
  expect(queue.write({ header: 10, write } as Descriptor)).toBe(2);
  expect(tried).toEqual([128, 60_028]);
  expect([...queue.errors.subarray(0, 3)]).toEqual([0, EINVAL, ECANCELED]);
});
