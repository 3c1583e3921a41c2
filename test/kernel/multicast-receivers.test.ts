import { afterEach, expect, it } from 'vitest';
import type { Background } from '../support/background.js';
import { captured } from '../support/capture.js';
import { describeKernel, until } from '../support/kernel.js';
import { type RunningLab, sharedLab } from '../support/lab.js';
import {
  ALEC,
  ALICE,
  deviceOf,
  flawsOf,
  type Receiver,
  TOPOLOGIES,
  whileSending,
  withReceivers,
} from '../support/multicast.js';

/** From whom a receiver has something. */
const sendersTo = (receiver: Receiver): string[] => [...new Set(receiver.received.map(({ from }) => from))];

/** Both senders stream to a group while something happens. */
const whileBothSend = async (lab: RunningLab, group: string, body: () => Promise<void>): Promise<void> => {
  await whileSending(lab, 'alice', { group }, async () => {
    await whileSending(lab, 'alec', { group }, body);
  });
};

/** A program for Node that joins by its own API and prints who sent what. */
const NODE = `
const [group, port, source, address] = process.argv.slice(1);
const socket = require('node:dgram').createSocket({ type: 'udp4', reuseAddr: true });
socket.on('message', (message, { address }) => console.log('got', address, String(message).trim()));
socket.bind(Number(port), group, () => {
  if (source === 'any') socket.addMembership(group, address);
  else socket.addSourceSpecificMembership(source, group, address);
  console.log('joined');
});
`;

const BOB = '203.0.113.10';

for (const [title, text] of TOPOLOGIES) {
  describeKernel(
    `programs that join a group ${title}`,
    ['python3', 'ping', 'socat', 'tcpdump', 'tshark'],
    () => {
      const lab = sharedLab(text);
      const running: Background[] = [];
      afterEach(async () => {
        for (const each of running.splice(0)) await each.stop();
      });
      const start = (host: string, ...command: string[]): Background => {
        const program = lab().background(host, command);
        running.push(program);
        return program;
      };

      it.sequential('get what any source sends, by IP_ADD_MEMBERSHIP', () =>
        withReceivers(lab(), { bob: { group: '239.1.1.1' } }, async ({ bob }) => {
          await whileBothSend(lab(), '239.1.1.1', async () => {
            await until(() => sendersTo(bob).length === 2, 5000, 'datagrams of both');
            await bob.has(bob.received.length + 100);
          });
          expect(flawsOf(bob.received.filter(({ from }) => from === ALICE))).toEqual([]);
          expect(flawsOf(bob.received.filter(({ from }) => from === ALEC))).toEqual([]);
        }));

      /** What comes over bob's wire for a group from each sender, while his program gets 50 datagrams. */
      const onTheWire = async (group: string, bob: Receiver): Promise<string[]> => {
        const file = await captured(lab(), 'bob', deviceOf('bob'), () =>
          whileBothSend(lab(), group, () => bob.has(bob.received.length + 50)),
        );
        const rows = await file.rows(`ip.dst == ${group} && udp`, ['ip.src']);
        return [...new Set(rows.map(([source]) => source!))].sort();
      };

      it.sequential('get what one source sends, by MCAST_JOIN_SOURCE_GROUP, and nothing else is on their wire', () => {
        const wish = { group: '232.1.1.2', how: 'source-specific', sources: [ALICE] } as const;
        return withReceivers(lab(), { bob: wish }, async ({ bob }) => {
          expect(await onTheWire(wish.group, bob)).toEqual([ALICE]);
          expect(sendersTo(bob)).toEqual([ALICE]);
        });
      });

      /** The program first joined the whole group, as the API wants it: the querier may ask for the others until then. */
      const soonOnTheWire = (group: string, bob: Receiver) =>
        expect.poll(() => onTheWire(group, bob), { timeout: 20_000, interval: 200 });

      it.sequential('include and then exclude a source by MCAST_MSFILTER', () => {
        const wish = { group: '239.1.1.3', how: 'include', sources: [ALICE] } as const;
        return withReceivers(lab(), { bob: wish }, async ({ bob }) => {
          await soonOnTheWire(wish.group, bob).toEqual([ALICE]);
          await bob.turn();
          const before = bob.received.length;
          await whileBothSend(lab(), wish.group, () => bob.has(before + 50));
          const later = bob.received.slice(before).map(({ from }) => from);
          expect(new Set(later)).toEqual(new Set([ALEC]));
        });
      });

      it.sequential('exclude a source by MCAST_MSFILTER, and it is not on their wire', () => {
        const wish = { group: '239.1.1.4', how: 'exclude', sources: [ALICE] } as const;
        return withReceivers(lab(), { bob: wish }, async ({ bob }) => {
          await whileSending(lab(), 'alec', { group: wish.group }, () => bob.has(1));
          await soonOnTheWire(wish.group, bob).toEqual([ALEC]);
          expect(sendersTo(bob)).toEqual([ALEC]);
        });
      });

      it.sequential.each([
        ['addMembership', '239.1.1.5', 'any', [ALICE, ALEC]],
        ['addSourceSpecificMembership', '232.1.1.5', ALEC, [ALEC]],
      ])('get it in Node by %s', async (_name, group, source, expected) => {
        const program = start('bob', process.execPath, '-e', NODE, '--', group, '5000', source, BOB);
        await program.printed(/joined/);
        const heard = (): string[] => [
          ...new Set([...program.stdout.matchAll(/^got (\S+)/gm)].map(([, from]) => from!)),
        ];
        await whileBothSend(lab(), group, () =>
          until(() => program.stdout.split('\n').length > 100, 10_000, 'datagrams in Node').then(() => {}),
        );
        expect(heard().sort()).toEqual(expected);
        expect(program.stderr).toBe('');
      });

      it.sequential('get it in socat, which sends it, too', async () => {
        const group = '239.1.1.6';
        const membership = `ip-add-membership=${group}:${deviceOf('bob')}`;
        const receiver = start('bob', 'socat', '-u', `UDP4-RECV:5000,reuseaddr,${membership}`, 'STDOUT');
        const target = `UDP4-DATAGRAM:${group}:5000,ip-multicast-ttl=8`;
        await until(
          async () => {
            const { code, stderr } = await lab().on('alice', `socat -u STDIN ${target}`, {
              input: 'from socat\n',
            });
            expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
            return receiver.stdout.includes('from socat\n');
          },
          5000,
          'a line in socat',
        );
      });

      it.sequential('answer pings where their kernel may, in a group that ip has joined for an address', async ({
        expect,
      }) => {
        const group = '239.1.1.7';
        const device = deviceOf('carol');
        await lab().on('carol', 'sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0');
        expect(await lab().on('carol', `ip addr add ${group}/32 dev ${device} autojoin`)).toMatchObject({
          code: 0,
        });
        try {
          const ping = `ping -c 3 -i 0.2 -W 1 -t 8 -I ${deviceOf('alice')} ${group}`;
          await expect
            .poll(async () => (await lab().on('alice', ping)).stdout, { timeout: 8000 })
            .toMatch(
              /^64 bytes from 192\.0\.2\.10: .*\n.*\n.*\n\n.*\n3 packets transmitted, 3 received, 0% packet loss/m,
            );
        } finally {
          await lab().on('carol', `ip addr del ${group}/32 dev ${device}`);
        }
      });

      it.sequential.each([
        [1, '0x12'],
        [2, '0x16'],
      ])('get it on a host that speaks IGMP version %i only', async (version, report) => {
        const setting = `net.ipv4.conf.${deviceOf('bill')}.force_igmp_version`;
        const group = `239.1.2.${version}`;
        try {
          expect((await lab().on('bill', `sysctl -qw ${setting}=${version}`)).stderr).toBe('');
          const file = await captured(lab(), 'bill', deviceOf('bill'), () =>
            withReceivers(lab(), { bill: { group } }, async ({ bill }) => {
              await whileSending(lab(), 'alice', { group }, () => bill.has(100));
              expect(flawsOf(bill.received)).toEqual([]);
            }),
          );
          // An answer to a general query that came before the setting is still of version 3: a current-state record.
          const said = `igmp.maddr == ${group} && ip.src == 203.0.113.11 && !(igmp.record_type == 2)`;
          const types = await file.rows(said, ['igmp.type']);
          const leave = version === 2 ? ['0x17'] : [];
          expect(new Set(types.flat())).toEqual(new Set([report, ...leave]));
        } finally {
          await lab().on('bill', `sysctl -qw ${setting}=0`);
        }
      });
    },
    { concurrent: true },
  );
}
