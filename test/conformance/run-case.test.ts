import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/drop-reason.js';
import { seconds } from '../../src/time.js';
import { withOctets } from '../support/datagram.js';
import { ANYTHING, type Case, kase, type Output } from './case.js';
import { forwarded, originated, passedOn } from './expectation.js';
import { echoReply, error } from './ipv4/expects.js';
import { echoRequest, icmp, spoilt, transit } from './ipv4/sends.js';
import { type CaseResult, runCase } from './run-case.js';
import { NotApplicable, type TargetKind } from './target.js';
import type { PortNumber } from './topology.js';

interface Behaviour {
  readonly outputs?: readonly Output[];
  readonly drops?: readonly DropReason[];
  readonly bookFault?: string;
  readonly refuses?: string;
}

/** A router that does the same whatever it is sent. */
const alwaysDoes = ({ outputs = [], drops = [], bookFault, refuses }: Behaviour): TargetKind => {
  const counted = new Map<DropReason, number>();
  let waiting: Output[] = [];
  return {
    name: 'devices',
    prepare: async () => ({
      tolerance: 0,
      dut: undefined,
      send: async () => {
        if (refuses !== undefined) throw new NotApplicable(refuses);
        waiting.push(...outputs);
        for (const reason of drops) counted.set(reason, (counted.get(reason) ?? 0) + 1);
      },
      wait: async () => {},
      take: async () => {
        const taken = waiting;
        waiting = [];
        return taken;
      },
      setUp: async () => {},
      remove: async () => {},
      setMtu: async () => {},
      elapsed: () => 0,
      drops: () => new Map(counted),
      groupsFault: async () => undefined,
      querierOf: async () => 'nobody',
      bookFault: () => bookFault,
      close: async () => {},
    }),
  };
};

const resultOf = (each: Case, behaviour: Behaviour): Promise<CaseResult> =>
  runCase(each, alwaysDoes(behaviour));
const faultOf = async (each: Case, behaviour: Behaviour): Promise<string> => {
  const result = await resultOf(each, behaviour);
  return result.outcome === 'pass' ? 'pass' : `${result.outcome}: ${result.why}`;
};

const out = (on: PortNumber, octets: Uint8Array): Output => ({ on, octets, at: 0 });
const passing = kase('passes on', { send: transit(), on: 0, expect: [forwarded({ on: 1 })] });
const good = passedOn(transit());

describe('a case', () => {
  it('passes where just that comes out', async () => {
    expect(await resultOf(passing, { outputs: [out(1, good)] })).toEqual({ outcome: 'pass' });
  });

  it.each([
    ['nothing comes out', { outputs: [] }, /nothing came out/],
    ['it leaves by another port', { outputs: [out(2, good)] }, /nothing more on port 1/],
    ['something else comes out as well', { outputs: [out(1, good), out(3, good)] }, /not asked for: p3/],
    ['it comes out twice', { outputs: [out(1, good), out(1, good)] }, /not asked for: p1/],
    ['the TTL is as it was', { outputs: [out(1, transit())] }, /TTL 40h instead of 3fh/],
    ['the checksum is not adjusted', { outputs: [out(1, spoilt(transit(), 8, 63))] }, /header checksum/],
    ['an octet of the payload differs', { outputs: [out(1, spoilt(good, 30, 0xee))] }, /octet 30/],
    ['an octet is missing', { outputs: [out(1, good.slice(0, -1))] }, /35 octets instead of 36/],
    ['the identification is another', { outputs: [out(1, withOctets(good, 4, 9, 9))] }, /identification/],
    [
      'it is counted as dropped, too',
      { outputs: [out(1, good)], drops: ['no-route'] },
      /dropped: no-route instead of nothing/,
    ],
    ['the book does not add up', { outputs: [out(1, good)], bookFault: 'off by one' }, /off by one/],
  ] as const)('deviates where %s', async (_, behaviour, why) => {
    expect(await faultOf(passing, behaviour)).toMatch(why);
  });

  it('deviates where a drop is counted by another name, twice, or not at all', async () => {
    const silent = kase('silent', { send: transit(), on: 0, drop: 'no-route' });
    expect(await faultOf(silent, { drops: ['no-route'] })).toBe('pass');
    expect(await faultOf(silent, { drops: ['blackhole'] })).toMatch(/dropped: blackhole/);
    expect(await faultOf(silent, { drops: ['no-route', 'no-route'] })).toMatch(/no-route, no-route/);
    expect(await faultOf(silent, {})).toMatch(/dropped: nothing/);
  });

  it('is not run where the device does not take the octets, and says so', async () => {
    expect(await resultOf(passing, { refuses: 'EINVAL' })).toEqual({ outcome: 'not run', why: 'EINVAL' });
  });

  it('is not run on devices where it is for virtual time only', async () => {
    expect(await faultOf({ ...passing, virtualOnly: 'minutes' }, { outputs: [out(1, good)] })).toBe(
      'not run: virtual time only: minutes',
    );
  });

  it('is not run on Linux where it says so', async () => {
    const linux: TargetKind = { ...alwaysDoes({ outputs: [out(1, good)] }), name: 'linux' };
    const result = await runCase({ ...passing, notOnLinux: 'it has no such thing' }, linux);
    expect(result).toEqual({ outcome: 'not run', why: 'it has no such thing' });
  });

  it('does what a step says in one order, whatever the order in which it is written', async () => {
    const done: string[] = [];
    const note =
      (what: string) =>
      async (...of: readonly unknown[]): Promise<void> => {
        done.push(`${what} ${of[0]}`);
      };
    const kind = alwaysDoes({});
    const recording: TargetKind = {
      ...kind,
      prepare: async (each) => ({
        ...(await kind.prepare(each)),
        send: note('send on'),
        wait: note('wait'),
        setUp: note('set'),
        remove: note('remove'),
        setMtu: note('set the MTU of'),
      }),
    };
    const step = {
      wait: seconds(1),
      on: 3,
      send: transit(),
      setMtu: { 2: 400 },
      remove: 1,
      setUp: 0,
    } as const;
    expect(await runCase(kase('all of it', step), recording)).toEqual({ outcome: 'pass' });
    expect(done).toEqual(['set 0', 'remove 1', 'set the MTU of 2', 'send on 3', 'wait 1000']);
  });

  it('says which of several steps it is that deviates', async () => {
    const steps = [
      { send: transit(), expect: [forwarded({ on: 1 })] },
      { wait: seconds(1), drop: 'no-route' },
    ] as const;
    expect(await faultOf(kase('two', { steps }), { outputs: [out(1, good)] })).toMatch(
      /step 2: dropped: nothing/,
    );
  });

  it('looks at the book even where anything may come out', async () => {
    const anything = kase('anything', { send: transit(), expect: ANYTHING });
    expect(await faultOf(anything, { outputs: [out(1, good)] })).toBe('pass');
    expect(await faultOf(anything, { bookFault: 'off by one' })).toMatch(/off by one/);
  });

  it('lets its judge have the last word', async () => {
    const judged = kase('judged', {
      send: transit(),
      on: 0,
      expect: ANYTHING,
      judge: (outputs) => (outputs.length === 1 ? undefined : `${outputs.length} came out`),
    });
    expect(await faultOf(judged, { outputs: [out(1, good)] })).toBe('pass');
    expect(await faultOf(judged, {})).toMatch(/0 came out/);
  });
});

describe('what the router originates', () => {
  const answered = kase('answered', { send: echoRequest(), on: 0, expect: [echoReply({ on: 0 })] });
  const reply = echoReply({ on: 0 })([echoRequest()]).octets;

  it('may have any identification, with a checksum that is right for it', async () => {
    expect(await faultOf(answered, { outputs: [out(0, withOctets(reply, 4, 0xab, 0xcd))] })).toBe('pass');
    expect(await faultOf(answered, { outputs: [out(0, spoilt(reply, 4, 0xab, 0xcd))] })).toMatch(
      /header checksum/,
    );
  });

  it('has the right ICMP checksum, even over octets that may have any value', async () => {
    const octets = transit({ protocol: 1, payload: icmp(14, 0, [0, 0, 0, 1, 2, 3, 4, 5]) });
    const stamped = kase('stamped', {
      send: transit(),
      on: 0,
      expect: [originated(0, octets, { free: [[28, 4]] })],
    });
    const other = transit({ protocol: 1, payload: icmp(14, 0, [0, 0, 0, 1, 9, 9, 9, 9]) });
    expect(await faultOf(stamped, { outputs: [out(0, other)] })).toBe('pass');
    expect(await faultOf(stamped, { outputs: [out(0, spoilt(other, 30, 7))] })).toMatch(/ICMP checksum/);
    expect(await faultOf(stamped, { outputs: [out(0, spoilt(octets, 27, 7))] })).toMatch(/deviates/);
  });

  it('quotes what came in, or what was made of it where that is allowed', async () => {
    const expired = (mayQuoteForwarded: boolean): Case =>
      kase('expired', {
        send: transit({ ttl: 1 }),
        on: 0,
        expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded })],
      });
    const about = (quoted: Uint8Array): Output =>
      out(0, error({ on: 0, type: 11, code: 0, quotes: quoted })([transit({ ttl: 1 })]).octets);
    const counted = passedOn(transit({ ttl: 1 }));
    expect(await faultOf(expired(false), { outputs: [about(transit({ ttl: 1 }))] })).toBe('pass');
    expect(await faultOf(expired(false), { outputs: [about(counted)] })).toMatch(
      /after the ICMP header|checksum/,
    );
    expect(await faultOf(expired(true), { outputs: [about(counted)] })).toBe('pass');
  });
});
