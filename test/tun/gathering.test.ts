import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VIRTIO_HEADER_LENGTH } from '../../src/offload/virtio-header.js';
import type { Parcel } from '../../src/parcel.js';
import { Arena } from '../../src/tun/arena.js';
import type { Descriptor } from '../../src/tun/descriptor.js';
import { DescriptorPort } from '../../src/tun/descriptor-port.js';
import { Gathering } from '../../src/tun/gathering.js';
import { openPort } from '../../src/tun/open-port.js';
import { madeOf, Oracle } from '../conformance/offload/oracle.js';
import { anyBurst, byFlow, membersThat, parcelsOf } from '../support/any-burst.js';
import { hex } from '../support/datagram.js';
import { describeKernel } from '../support/kernel.js';
import { driverOf, MemoryDevice } from '../support/memory-device.js';
import { superDatagram } from '../support/super-datagram.js';
import { Recorder } from './recorder.js';

/** Nothing is written at once, so that the kernel hands out datagrams one by one. */
const withOracle = async (body: (oracle: Oracle) => Promise<void>): Promise<void> => {
  const oracle = await Oracle.open({ Arena, openPort }, 'off');
  try {
    await body(oracle);
  } finally {
    oracle.close();
  }
};

const [FLOW_OF_RUN, RUN_LENGTH] = [7, 40];

/**
 * What a device that gathers has handed out of a burst; the kernel itself says what it was. A run of another flow follows
 * it, because bursts without runs are looked at now and then only.
 */
const gatheredOf = async (oracle: Oracle, burst: readonly Parcel[]): Promise<Parcel[]> => {
  const [member] = fc.sample(membersThat({ flow: fc.constant(FLOW_OF_RUN), length: fc.constant(50) }), 1)[0]!;
  const run = parcelsOf(Array(RUN_LENGTH).fill(member));
  const { plain, offloaded } = await oracle.tell([...burst, ...run]);
  expect(byFlow(madeOf(offloaded).map(hex))).toEqual(byFlow(plain.map(hex)));
  expect(offloaded.at(-1)!.datagrams).toBe(RUN_LENGTH);
  return offloaded.slice(0, -1);
};

const sizes = (parcels: readonly Parcel[]): number[] => parcels.map(({ datagrams }) => datagrams);
const runOf = (length: number, count: number, id: (at: number) => number, isDf: boolean): Parcel[] =>
  Array.from({ length: count }, (_, at) => {
    const [member] = fc.sample(membersThat({ length: fc.constant(length), isDf: fc.constant(isDf) }), 1)[0]!;
    const [parcel] = parcelsOf([{ ...member!, skipped: (id(at) - 0xfff0) & 0xffff }]);
    return parcel!;
  });

describeKernel('what a device hands out one by one', ['tc', 'sysctl'], () => {
  it('is gathered into super-datagrams that stand for the same octets, in the order of each flow', () =>
    withOracle(async (oracle) => {
      let saved = 0;
      const check = async (burst: Parcel[]): Promise<void> => {
        const gathered = await gatheredOf(oracle, burst);
        saved += madeOf(gathered).length - gathered.length;
      };
      await fc.assert(fc.asyncProperty(anyBurst, check), { numRuns: 40 });
      expect(saved).toBeGreaterThan(100);
    }));

  it('is a run as long as every kernel takes', () =>
    withOracle(async (oracle) => {
      const counting = runOf(64, 150, (at) => at, false);
      expect(sizes(await gatheredOf(oracle, counting))).toEqual([64, 64, 22]);
      const long = runOf(1400, 50, (at) => at, false);
      expect(sizes(await gatheredOf(oracle, long))).toEqual([46, 4]);
    }));

  it('never gets in front of what may be of its flow and is no segment', () =>
    withOracle(async (oracle) => {
      const [before, after] = [1, 2].map(() => runOf(64, 4, () => 5, true));
      const [member] = fc.sample(membersThat({ isFragment: fc.constant(true) }), 1)[0]!;
      const gathered = await gatheredOf(oracle, [...before!, ...parcelsOf([member!]), ...after!]);
      expect(sizes(gathered)).toEqual([4, 1, 4]);
    }));

  it('has one identification for all with DF only, and otherwise ones that count on', () =>
    withOracle(async (oracle) => {
      const same = await gatheredOf(
        oracle,
        runOf(64, 8, () => 5, true),
      );
      expect(same).toMatchObject([{ datagrams: 8, identificationStep: 0 }]);
      const counting = await gatheredOf(
        oracle,
        runOf(64, 8, (at) => 0xfffc + at, true),
      );
      expect(counting).toMatchObject([{ datagrams: 8, identificationStep: 1 }]);
      for (const [id, isDf] of [
        [() => 5, false],
        [(at: number) => at * 2, true],
      ] as const)
        expect(sizes(await gatheredOf(oracle, runOf(64, 8, id, isDf)))).toEqual(Array(8).fill(1));
      const changing = await gatheredOf(
        oracle,
        runOf(64, 8, (at) => Math.max(0, at - 3), true),
      );
      expect(sizes(changing)).toEqual([4, 4]);
    }));
});

describe('gathering', () => {
  /** Bursts of so many parcels for so many datagrams, for each of which so many new ones are made. */
  const gatherings = (bursts: readonly (readonly [parcels: number, datagrams: number, made: number])[]) => {
    const arena = new Arena();
    const told: boolean[] = [];
    const gather = (at?: number): void => void told.push(at !== undefined);
    const gathering = new Gathering(arena, { gather } as Descriptor);
    const states = bursts.map(([parcels, datagrams, made]) => {
      gathering.burstBegins();
      for (let i = 0; i < made; i++) arena.allocate(64);
      gathering.burstDone(parcels, datagrams);
      return told.at(-1);
    });
    return { states, told };
  };

  it('goes on where super-datagrams stay whole, or none are found', () => {
    const { told } = gatherings([
      [2, 64, 0],
      [10, 10, 10],
      [1, 64, 2],
      [4, 8, 4],
    ]);
    expect(told).toEqual([true]);
  });

  it('rests for a while where they are taken apart, and then tries again', () => {
    const apart = [2, 64, 64] as const;
    const { states } = gatherings([apart, ...Array(64).fill([64, 64, 64]), apart]);
    expect(states).toEqual([false, ...Array(63).fill(false), true, false]);
  });

  it('asks nothing of a device whose port was closed in the middle of a burst', () => {
    const arena = new Arena();
    const device = new MemoryDevice(VIRTIO_HEADER_LENGTH);
    const asked: boolean[] = [];
    device.gather = () => void asked.push(device.isOpen);
    const options = { device: 'tp0', namespace: undefined, persistent: false, offload: 'all' } as const;
    const port = new DescriptorPort(driverOf(device), options, arena);
    const take = (): void => {
      for (let i = 0; i < 64; i++) arena.allocate(64);
      port.close();
    };
    port.start({ take }, new Recorder());
    device.read(superDatagram({ segment: 100, length: 6400 }).octets, 100);
    expect(asked).toEqual([true]);
  });
});
