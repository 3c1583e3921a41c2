import { expect, it } from 'vitest';
import { dropped } from '../support/drops.js';
import { describeKernel, until } from '../support/kernel.js';
import { type RunningLab, sharedLab, withLab } from '../support/lab.js';
import {
  deviceOf,
  flawsOf,
  PROXY_AND_QUERIER,
  type Stream,
  send,
  TOPOLOGIES,
  whileSending,
  withReceivers,
} from '../support/multicast.js';
import { countedOnWires } from '../support/wires.js';

/** How many datagrams to a group came over each host's wire while something happened; ICMP never did. */
const seenBy = async (
  lab: RunningLab,
  hosts: readonly string[],
  group: string,
  body: () => Promise<void>,
): Promise<Record<string, number>> => {
  const places = hosts.map((host) => ({ lab, host, device: deviceOf(host) }));
  const counts = await countedOnWires(places, group, body);
  expect(counts.map(({ icmp }) => icmp)).toEqual(hosts.map(() => 0));
  return Object.fromEntries(hosts.map((host, at) => [host, counts[at]?.toGroup ?? 0]));
};

const HOSTS = ['alice', 'alec', 'bob', 'bill', 'carol', 'dan'];

for (const [title, text] of TOPOLOGIES) {
  describeKernel(
    `what is sent to a group ${title}`,
    ['python3'],
    () => {
      const lab = sharedLab(text);

      /** Sends 20 datagrams once all receivers have got one, and gives what went over each wire. */
      const sent20 = (stream: Stream, receivers: readonly string[]): Promise<Record<string, number>> => {
        const { group } = stream;
        const port = 6000;
        const wishes = Object.fromEntries(receivers.map((host) => [host, { group, port }]));
        let seen: Record<string, number> = {};
        return withReceivers(lab(), wishes, async (members) => {
          await whileSending(lab(), 'alice', { group, port, mayFragment: true }, async () => {
            for (const each of Object.values(members)) await each.has(1);
          });
          seen = await seenBy(lab(), HOSTS, group, async () => {
            expect(await send(lab(), 'alice', { ...stream, count: 20 })).toBe(20);
          });
        }).then(() => seen);
      };

      it.sequential('goes to the links of members and to no other, and not back', async () => {
        expect(await sent20({ group: '239.3.1.1' }, ['bob', 'carol'])).toEqual({
          // Alec has it from alice herself.
          ...{ alice: 0, alec: 20 },
          ...{ bob: 20, bill: 20, carol: 20, dan: 0 },
        });
      });

      it.sequential('goes once to each of several hosts, also on the sender’s own link', async () => {
        const group = '239.3.2.1';
        const wish = { group };
        const wishes = { alec: wish, bob: wish, bill: wish, carol: wish, dan: wish };
        await withReceivers(lab(), wishes, async (members) => {
          const all = Object.values(members);
          const sent = await whileSending(lab(), 'alice', { group, interval: 2 }, async () => {
            for (const each of all) await each.has(50);
          });
          const hasLast = (): boolean => all.every(({ received }) => received.at(-1)?.sequence === sent - 1);
          await until(hasLast, 5000, 'the last datagram to be everywhere');
          expect(all.map(({ received }) => flawsOf(received))).toEqual([[], [], [], [], []]);
        });
      });

      it.sequential('goes whole where it comes in bursts, which may be handed on as one', async () => {
        const [group, port] = ['239.3.2.2', 6000];
        await withReceivers(lab(), { bob: { group, port }, dan: { group, port } }, async ({ bob, dan }) => {
          await whileSending(lab(), 'alice', { group, port }, async () => {
            await bob.has(1);
            await dan.has(1);
          });
          const seen = await seenBy(lab(), HOSTS, group, async () => {
            expect(await send(lab(), 'alice', { group, port, count: 200, interval: 0 })).toBe(200);
          });
          expect(seen).toMatchObject({ alec: 200, bob: 200, dan: 200 });
        });
      });

      it.sequential('goes nowhere with TTL 1, and nobody is told', async () => {
        const before = await dropped(lab(), 'multicast-ttl');
        const seen = await sent20({ group: '239.3.3.1', ttl: 1 }, ['bob']);
        expect(seen).toEqual({ alice: 0, alec: 20, bob: 0, bill: 0, carol: 0, dan: 0 });
        expect(await dropped(lab(), 'multicast-ttl')).toBe(before + 20);
      });

      it.sequential('goes in fragments to a narrower link, and whole to others', async () => {
        const group = '239.3.4.1';
        const stream = { group, length: 1400, mayFragment: true };
        expect(await sent20(stream, ['carol', 'dan'])).toMatchObject({ carol: 20, dan: 40, bob: 0 });
        await withReceivers(lab(), { carol: { group }, dan: { group } }, async ({ carol, dan }) => {
          await whileSending(lab(), 'alice', stream, async () => {
            await carol.has(20);
            await dan.has(20);
          });
          expect(flawsOf(dan.received)).toEqual([]);
          expect(new Set(dan.received.map(({ length }) => length))).toEqual(new Set([1400]));
        });
      });

      it.sequential('does not go to a narrower link where it may not be fragmented, and nobody is told', async () => {
        const before = await dropped(lab(), 'would-fragment');
        const stream = { group: '239.3.5.1', length: 1400 };
        expect(await sent20(stream, ['carol', 'dan'])).toMatchObject({ carol: 20, dan: 0 });
        expect(await dropped(lab(), 'would-fragment')).toBe(before + 20);
        expect(await sent20({ ...stream, group: '239.3.5.2' }, ['dan'])).toMatchObject({ dan: 0, bob: 0 });
        expect(await dropped(lab(), 'would-fragment')).toBe(before + 40);
      });

      it.sequential('keeps the book right', async () => {
        const { ledgers } = await lab().show<{ ledgers: Record<string, number>[] }>('status');
        for (const { received, forwarded, delivered, dropped, held } of ledgers)
          expect(received).toBe(forwarded! + delivered! + dropped! + held!);
      });
    },
    { concurrent: true },
  );
}

/** Soon sure that a group's last member has gone. */
const ASKS_QUICKLY = PROXY_AND_QUERIER.replaceAll(
  'query-interval: 20s',
  'last-member-query-interval: 200ms, query-interval: 20s',
);

describeKernel(
  'the link between a proxy and a querier',
  ['python3'],
  () => {
    it('carries a group only while somebody behind the proxy wants it', ({ expect }) =>
      withLab(ASKS_QUICKLY, async (lab) => {
        const group = '239.3.6.1';
        const burst = (): Promise<Record<string, number>> =>
          seenBy(lab, ['spy'], group, async () => {
            await send(lab, 'alice', { group, count: 10 });
          });
        expect(await burst()).toEqual({ spy: 0 });
        await withReceivers(lab, { bob: { group } }, async ({ bob }) => {
          await whileSending(lab, 'alice', { group }, () => bob.has(1));
          expect(await burst()).toEqual({ spy: 10 });
        });
        // The proxy waits for other members of bob's link, and the querier for others on the link between.
        await expect.poll(burst, { timeout: 10_000, interval: 100 }).toEqual({ spy: 0 });
      }));

    it('carries upstream what hosts behind the proxy send, and to the other links behind it', () =>
      withLab(PROXY_AND_QUERIER, async (lab) => {
        const wish = { group: '239.3.7.1' };
        await withReceivers(lab, { alec: wish, carol: wish }, async ({ alec, carol }) => {
          await whileSending(lab, 'bob', wish, async () => {
            await alec.has(50);
            await carol.has(50);
          });
          expect([flawsOf(alec.received), flawsOf(carol.received)]).toEqual([[], []]);
        });
      }));

    it('is crossed by static routes, which nobody has to ask for', () => {
      const group = '239.9.9.9';
      const text = PROXY_AND_QUERIER.replace('multicast: { upstream: core }', '').replace(
        '    routes: [{ to: default, via: 10.0.0.1 }]',
        `$&\n    multicast: { routes: [{ group: ${group}, in: red, out: [core] }] }`,
      );
      return withLab(text, (lab) =>
        withReceivers(lab, { bob: { group } }, async ({ bob }) => {
          await whileSending(lab, 'alice', { group }, () => bob.has(50));
          expect(flawsOf(bob.received)).toEqual([]);
          const other = '239.9.9.8';
          expect(
            await seenBy(lab, ['spy', 'carol'], group, async () => {
              await send(lab, 'alice', { group: other });
              await send(lab, 'alice', { group, count: 10 });
            }),
          ).toEqual({ spy: 10, carol: 0 });
        }),
      );
    });
  },
  { concurrent: true },
);
