import { expect, it } from 'vitest';
import { gapsIn } from '../support/gaps.js';
import { change, comesTo } from '../support/interfaces.js';
import { describeKernel, until } from '../support/kernel.js';
import { type RunningLab, tunpike, withLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT } from '../support/topologies.js';

/** Two ways from r1 to carol. */
const TWO_WAYS = `
links: { red: {}, upper: {}, lower: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default], device: rtred } } }
  carol:
    interfaces:
      upper: { address: 192.0.2.2/30, device: rtupper }
      lower: { address: 192.0.2.6/30, device: rtlower, routes: [{ to: 198.51.100.0/24, via: 192.0.2.5 }] }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      upper: { address: 192.0.2.1/30 }
      lower: { address: 192.0.2.5/30 }
    icmp: { ${GENEROUS_RATE_LIMIT} }
`;

/** An address of carol's that only a route leads to. */
const BEYOND = '203.0.113.10';

const route = async (lab: RunningLab, words: string): Promise<readonly [code: number, said: string]> => {
  const { code, stdout, stderr } = await lab.tunpike('route', ...words.split(' '));
  return [code, stdout + stderr];
};

const pinged = async (lab: RunningLab): Promise<string> =>
  (await lab.on('alice', `ping -n -c 1 -W 10 ${BEYOND}`)).stdout;

describeKernel('routes that are changed in a running lab', ['ping'], () => {
  it('carry the next datagram, are replaced without a loss, and answer with 3/0 once deleted', () =>
    withLab(TWO_WAYS, async (lab) => {
      await change(lab, 'carol', `ip address add ${BEYOND}/32 dev lo`);
      const ping = lab.background('alice', ['ping', '-n', '-i', '0.02', '-c', '1500', BEYOND]);
      try {
        await ping.printed(/From 198\.51\.100\.1 .*Destination Net Unreachable/);
        expect(await route(lab, 'get 203.0.113.10')).toEqual([
          1,
          '203.0.113.10 would be dropped by r1: no-route\n    no route leads there\n',
        ]);
        expect(await route(lab, 'add 203.0.113.0/24 via 192.0.2.2')).toEqual([0, '']);
        await ping.printed(/bytes from 203\.0\.113\.10/);
        expect(await route(lab, 'get 203.0.113.10 from 198.51.100.10')).toEqual([
          0,
          expect.stringMatching(/^203\.0\.113\.10 from 198\.51\.100\.10 via 192\.0\.2\.2 dev r1\.upper /),
        ]);
        expect((await route(lab, 'add 203.0.113.0/24 via 192.0.2.6'))[0]).toBe(7);
        for (const via of ['192.0.2.6', '192.0.2.2', '192.0.2.6'])
          expect(await route(lab, `replace 203.0.113.0/24 via ${via}`)).toEqual([0, '']);
        expect((await route(lab, 'get 203.0.113.10'))[1]).toContain('via 192.0.2.6 dev r1.lower');
        const before = ping.stdout.split('\n').length;
        await until(() => ping.stdout.split('\n').length > before + 5, 5000, 'more answers');
        ping.signal('SIGINT');
        await ping.ended();
        expect(gapsIn(ping.stdout)).toEqual([]);
      } finally {
        await ping.stop();
      }
      expect(await route(lab, 'del 203.0.113.0/24')).toEqual([0, '']);
      expect(await pinged(lab)).toContain('Destination Net Unreachable');
      expect((await route(lab, 'del 203.0.113.0/24'))[0]).toBe(7);
    }));

  it('give way to the next metric while their link is down', () =>
    withLab(TWO_WAYS, async (lab) => {
      await change(lab, 'carol', `ip address add ${BEYOND}/32 dev lo`);
      await route(lab, 'add 203.0.113.0/24 via 192.0.2.2 dev upper');
      await route(lab, 'add 203.0.113.0/24 via 192.0.2.6 dev lower metric 5 -r r1');
      expect(await pinged(lab)).toContain('1 received');
      await change(lab, 'carol', 'ip link set rtupper down');
      await comesTo(lab, 'r1.upper', 'DOWN');
      expect((await route(lab, 'get 203.0.113.10'))[1]).toContain('via 192.0.2.6 dev r1.lower');
      expect(await pinged(lab)).toContain('1 received');
      await change(lab, 'carol', 'ip link set rtupper up');
      await comesTo(lab, 'r1.upper', 'UP');
      expect((await route(lab, 'get 203.0.113.10'))[1]).toContain('via 192.0.2.2 dev r1.upper');
    }));

  it('come in thousands on standard input, and are found in the list', () =>
    withLab(TWO_WAYS, async (lab) => {
      const lines = Array.from({ length: 5000 }, (_, at) => `20.${at >> 8}.${at & 255}.0/24 via 192.0.2.2`);
      const add = (input: string) => tunpike(['-n', lab.name, 'route', 'add', '-'], { input });
      expect(await add(`# a table\n${lines.join('\n')}`)).toMatchObject({ code: 0, stderr: '5000 routes\n' });
      const rows = await lab.shown<{ origin: string }[]>('routes');
      expect(rows.filter(({ origin }) => origin === 'runtime')).toHaveLength(5000);
      const { stdout } = await lab.tunpike('show', 'routes', '20.9.0.1', '-j');
      expect(JSON.parse(stdout)).toEqual([
        expect.objectContaining({ prefix: '20.9.0.0/24', origin: 'runtime', type: 'unicast', metric: 0 }),
      ]);
      const again = await add('30.0.0.0/8 via 192.0.2.2\n20.0.0.0/24 via 192.0.2.2\n');
      expect(again).toMatchObject({
        code: 7,
        stderr: expect.stringContaining('line 2: r1 has this route already'),
      });
      expect(again.stderr).toContain('; the route before it was added\n');
      expect((await route(lab, 'get 30.0.0.1'))[0]).toBe(0);
      // What was sent before, request by request, is counted.
      const replace = (last: string) =>
        tunpike(['-n', lab.name, 'route', 'replace', '-'], { input: `${lines.join('\n')}\n${last}\n` });
      for (const last of ['nonsense', `30.0.0.0/8 via 192.0.2.2 # ${'x'.repeat(1000)}`])
        expect(await replace(last)).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(
            /line 5001.*; the 5000 routes before it were added or replaced\nfix: .*; then do all lines again: tunpike route replace -\n/,
          ),
        });
    }));
});
