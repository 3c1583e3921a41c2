import { expect, it } from 'vitest';
import { TCP_CONNECT, UDP_SEND } from '../support/connections.js';
import { describeKernel } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT, twoLinks } from '../support/topologies.js';

describeKernel('a program on a host', ['ping', 'python3'], () => {
  const lab = sharedLab(
    twoLinks({
      blue: '{ mtu: 1400 }',
      router: `
    routes:
      - { to: 192.0.2.0/26, type: blackhole }
      - { to: 192.0.2.64/26, type: unreachable }
      - { to: 192.0.2.128/26, type: prohibit }
    icmp: { ${GENEROUS_RATE_LIMIT} }
`,
    }),
  );

  const ping = async (target: string, ...flags: readonly string[]): Promise<string> => {
    const command = ['ping', '-n', '-c', '1', '-W', '1', ...flags, target];
    const { code, stdout } = await lab().on('alice', command.join(' '));
    expect(code).toBe(1);
    return stdout;
  };
  const connect = async (target: string, port: number, timeout = 8): Promise<string> =>
    (await lab().python('alice', TCP_CONNECT, target, String(port), String(timeout))).stdout.trim();
  const send = async (target: string, port = 9, length = 1): Promise<string[]> =>
    (await lab().python('alice', UDP_SEND, target, String(port), String(length))).stdout.trim().split(' ');

  const hostUnreachable = { prints: 'Destination Host Unreachable', tcp: 'EHOSTUNREACH', udp: 'nothing' };
  it.concurrent.each([
    [
      'there is no route (3/0)',
      { target: '10.9.9.9', prints: 'Destination Net Unreachable', tcp: 'ENETUNREACH', udp: 'nothing' },
    ],
    ['nobody owns the address on the far link (3/1)', { target: '203.0.113.77', ...hostUnreachable }],
    ['nobody owns the address on its own link (3/1)', { target: '198.51.100.77', ...hostUnreachable }],
    ['the route is an unreachable one (3/1)', { target: '192.0.2.66', ...hostUnreachable }],
    [
      'the route is a prohibit one (3/13)',
      { target: '192.0.2.130', prints: 'Packet filtered', tcp: 'EHOSTUNREACH', udp: 'EHOSTUNREACH' },
    ],
  ])('is told that %s', async (_, { target, prints, tcp, udp }) => {
    const [printed, connected, sent] = await Promise.all([ping(target), connect(target, 80), send(target)]);
    expect(printed).toContain(`From 198.51.100.1 icmp_seq=1 ${prints}`);
    expect(printed).toContain('+1 errors, 100% packet loss');
    expect(connected).toBe(tcp);
    expect(sent).toEqual([udp, udp]);
  });

  it.concurrent('is told nothing by a blackhole route', async () => {
    const target = '192.0.2.2';
    const [printed, connected, sent] = await Promise.all([
      ping(target),
      connect(target, 80, 1.5),
      send(target),
    ]);
    expect(printed).toContain('1 packets transmitted, 0 received, 100% packet loss');
    expect(printed).not.toContain('From ');
    expect(connected).toBe('time-out');
    expect(sent).toEqual(['nothing', 'nothing']);
  });

  it.concurrent.each(['198.51.100.1', '203.0.113.1'])(
    'is told that the router at %s has no such UDP port (3/3) and speaks no TCP (3/2)',
    async (router) => {
      expect(await send(router)).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
      expect(await connect(router, 80)).toBe('ENOPROTOOPT');
    },
  );

  it.concurrent('is told by the far host itself that its ports are closed', async () => {
    expect(await send('203.0.113.10')).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
    expect(await connect('203.0.113.10', 80)).toBe('ECONNREFUSED');
  });

  it.concurrent('is told at the next send that a datagram was too long for the path (3/4)', async () => {
    await lab().on('alice', 'ip route flush cache');
    // The second socket finds the MTU known already, and is refused at once.
    const script = UDP_SEND.replace(
      /print\(.*$/m,
      'print(attempt(lambda s: s.send(b"x" * int(sys.argv[3]))))',
    );
    const { stdout, stderr } = await lab().python('alice', script, '203.0.113.10', '9', '1472');
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe('EMSGSIZE');
    expect((await lab().on('alice', 'ip route get 203.0.113.10')).stdout).toContain('mtu 1400');
  });

  it('can ask the router which of these it sent', async () => {
    const [icmp] =
      await lab().show<{ sent: Record<string, number>; suppressed: Record<string, number> }[]>('icmp');
    for (const message of [
      'net-unreachable',
      'host-unreachable',
      'protocol-unreachable',
      'port-unreachable',
      'frag-needed',
      'admin-prohibited',
    ])
      expect.soft(icmp?.sent[message], message).toBeGreaterThan(0);
    expect(icmp?.suppressed['rate-limit']).toBe(0);
  });
});
