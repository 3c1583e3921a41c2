import { describe, expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel } from '../support/kernel.js';
import { MAIN, sharedLab } from '../support/lab.js';

const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default, 224.0.0.0/4] } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: {} }
      blue: { address: 203.0.113.1/24, igmp: { last-member-query-interval: 200ms } }
`;

describeKernel('the commands about groups', ['ping'], () => {
  const lab = sharedLab(LAB);
  const begin = (...args: readonly string[]): Background =>
    new Background([process.execPath, MAIN, '-n', lab().name, ...args]);

  describe('mcast', () => {
    it('carries a stream from one host to another that has joined, and not with TTL 1', async () => {
      const receiver = begin('mcast', 'recv', '239.1.2.3:5000', '--host', 'bob', '-j');
      try {
        await expect
          .poll(() => lab().show('groups'), { timeout: 8000 })
          .toMatchObject([
            { interface: 'r1.blue', group: '239.1.2.3', lastReporter: '203.0.113.10', origin: ['report'] },
          ]);
        const send = ['mcast', 'send', '239.1.2.3:5000', '--host', 'alice', '--interval', '50ms'];
        const short = await lab().tunpike(...send, '--ttl', '1', '--count', '1');
        expect(short).toMatchObject({ code: 0, stderr: expect.stringContaining('TTL 1') });
        expect(await lab().show('mroutes')).toMatchObject([{ packets: 0, reason: 'multicast-ttl' }]);
        expect((await lab().tunpike(...send, '--ttl', '8', '--count', '2')).code).toBe(0);
        const lines = (): string[] => receiver.stdout.trim().split('\n');
        await expect.poll(lines).toHaveLength(2);
        expect(lines().map((line) => JSON.parse(line))).toMatchObject([
          { group: '239.1.2.3', port: 5000, source: '198.51.100.10', length: 9, number: 1 },
          { number: 2 },
        ]);
        expect(await lab().show('mroutes')).toMatchObject([
          { incoming: 'r1.red', outgoing: ['r1.blue'], packets: 2, reason: null },
        ]);
        receiver.signal('SIGINT');
        expect(await receiver.ended()).toBe(0);
      } finally {
        await receiver.stop();
      }
    });

    it('ends with 1 where fewer came in time than were asked for', async () => {
      const target = '239.1.2.4:5000';
      const more = begin('mcast', 'recv', target, '--host', 'bob', '--count', '3', '--duration', '3s');
      const two = begin('mcast', 'recv', target, '--host', 'bob', '--count', '2', '--duration', '30s');
      try {
        for (const each of [more, two])
          await expect.poll(() => each.stderr, { timeout: 8000 }).toContain('joined');
        const ofGroup = async () =>
          (await lab().show<{ group: string }[]>('groups')).some(({ group }) => group === '239.1.2.4');
        await expect.poll(ofGroup, { timeout: 8000 }).toBe(true);
        const send = ['mcast', 'send', target, '--host', 'alice', '--interval', '50ms', '--count', '2'];
        expect((await lab().tunpike(...send)).code).toBe(0);
        expect(await two.ended()).toBe(0);
        expect(await more.ended()).toBe(1);
        expect(more.stderr).toContain('left 239.1.2.4: 2 received');
      } finally {
        await more.stop();
        await two.stop();
      }
    });

    it('ends with 1 where nothing came in time', async () => {
      const { code } = await lab().tunpike(
        ...['mcast', 'recv', '232.1.1.1:5000', '--host', 'bob'],
        ...['--source', '198.51.100.10', '--duration', '300ms'],
      );
      expect(code).toBe(1);
    });
  });

  describe('monitor', { concurrent: true }, () => {
    it('tells of a drop, the error that answers it, a join and a leave, as they happen', async ({
      expect,
    }) => {
      const monitor = begin('monitor', '-j', '--type', 'drop,icmp,igmp');
      try {
        await expect.poll(() => monitor.stderr, { timeout: 8000 }).toContain('following drop, icmp, igmp');
        await lab().on('alice', 'ping -c 1 -W 1 10.9.9.9');
        await lab().tunpike('mcast', 'recv', '239.5.5.5:5000', '--host', 'bob', '--duration', '100ms');
        await expect.poll(() => monitor.stdout).toContain('"leave"');
        const events = monitor.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { type: string; time: string });
        const times = events.map(({ time }) => time);
        expect(times).toEqual(times.toSorted());
        const place = { router: 'r1', interface: 'r1.red' };
        expect(events).toContainEqual(
          expect.objectContaining({ ...place, type: 'drop', reason: 'no-route', protocol: 1, length: 84 }),
        );
        expect(events).toContainEqual(
          expect.objectContaining({ ...place, type: 'icmp', direction: 'sent', message: 'net-unreachable' }),
        );
        for (const event of ['join', 'leave']) {
          const whole = { interface: 'r1.blue', event, group: '239.5.5.5', source: null };
          const { time } = events[0]!;
          expect(events.map((each) => ({ ...each, time }))).toContainEqual({
            time,
            type: 'igmp',
            ...whole,
            reporter: '203.0.113.10',
          });
        }
        monitor.signal('SIGINT');
        expect(await monitor.ended()).toBe(0);
      } finally {
        await monitor.stop();
      }
    });
  });

  describe('igmp', { concurrent: true }, () => {
    it('asks now, and a member answers', async ({ expect }) => {
      const receiver = begin('mcast', 'recv', '239.6.6.6:5000', '--host', 'bob');
      try {
        const groups = () => lab().show<{ group: string; ageSeconds: number }[]>('groups');
        const ofGroup = async () => (await groups()).find(({ group }) => group === '239.6.6.6');
        // The kernel reports again by chance: a join within its first second, and whenever a query asks.
        await expect.poll(async () => (await ofGroup())?.ageSeconds, { timeout: 9000 }).toBeGreaterThan(1.5);
        const began = performance.now();
        expect((await lab().tunpike('igmp', 'leave', 'r1.blue', '239.6.6.6')).code).toBe(0);
        const age = (await ofGroup())?.ageSeconds ?? 0;
        expect(age, 'a membership from before the leave').toBeLessThan((performance.now() - began) / 1000);
        expect((await lab().tunpike('igmp', 'leave', 'r1.blue', '239.6.6.7')).code).toBe(1);
        const query = ['igmp', 'query', 'r1.blue', '--group', '239.6.6.6', '--max-response', '100ms', '-j'];
        const { code, stdout } = await lab().tunpike(...query);
        expect(code).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({ interface: 'r1.blue', group: '239.6.6.6', version: 3 });
        await expect.poll(ofGroup).toBeDefined();
      } finally {
        receiver.signal('SIGINT');
        await receiver.stop();
      }
    });

    it('says which interfaces there are where it knows none of that name', async () => {
      const { code, stderr } = await lab().tunpike('igmp', 'query', 'r1.green');
      expect(code).toBe(2);
      expect(stderr).toContain('one of r1.red r1.blue');
    });
  });
});
