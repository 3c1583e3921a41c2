import { afterEach, expect, it } from 'vitest';
import type { RejectCode } from '../../src/filter.js';
import type { FilterRow } from '../../src/observe/shown.js';
import { captured } from '../support/capture.js';
import { TCP_CONNECT, UDP_SEND } from '../support/connections.js';
import { describeKernel, until } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT, twoLinks } from '../support/topologies.js';

const BOB = '203.0.113.10';

/** What ping prints, and what connections by TCP and UDP get. */
const CODES: readonly (readonly [code: RejectCode, ping: string, tcp: string, udp: string])[] = [
  ['admin-prohibited', 'Packet filtered', 'EHOSTUNREACH', 'EHOSTUNREACH'],
  ['net-unreachable', 'Destination Net Unreachable', 'ENETUNREACH', 'nothing'],
  ['host-unreachable', 'Destination Host Unreachable', 'EHOSTUNREACH', 'nothing'],
  ['protocol-unreachable', 'Destination Protocol Unreachable', 'ENOPROTOOPT', 'ENOPROTOOPT'],
  ['port-unreachable', 'Destination Port Unreachable', 'ECONNREFUSED', 'ECONNREFUSED'],
  ['net-prohibited', 'Destination Net Prohibited', 'ENETUNREACH', 'ENETUNREACH'],
  ['host-prohibited', 'Destination Host Prohibited', 'EHOSTUNREACH', 'EHOSTUNREACH'],
];

/** An address on bob's link for each code, which nobody needs to have. */
const targetOf = (code: string): string => `203.0.113.${100 + CODES.findIndex(([each]) => each === code)}`;

const rejecting = CODES.map(
  ([code]) =>
    `      - { name: ${code}, in: red, match: { destination: ${targetOf(code)} }, action: reject, with: ${code} }\n`,
).join('');

describeKernel('a program behind a filter', ['ping', 'python3'], () => {
  const lab = sharedLab(
    twoLinks({
      blue: '{ mtu: 1400 }',
      router: `
    icmp: { ${GENEROUS_RATE_LIMIT} }
    filters:
      - { name: let-9, in: red, match: { protocol: tcp, destination-port: 9 }, action: accept }
${rejecting}`,
    }),
  );

  /** The filters that a test has added are of no other. */
  afterEach(async () => {
    const rows = await lab().show<FilterRow[]>('filters');
    for (const { name, origin } of rows) if (origin === 'runtime') await lab().tunpike('filter', 'del', name);
  });

  const add = async (words: string): Promise<string> => {
    const { code, stdout, stderr } = await lab().tunpike('filter', 'add', ...words.split(' '));
    expect([code, stderr]).toEqual([0, '']);
    return stdout.trim();
  };
  const ping = async (flags: readonly string[] = [], target = BOB): Promise<string> =>
    (await lab().on('alice', ['ping', '-n', '-c', '1', '-W', '1', ...flags, target].join(' '))).stdout;
  const connect = async (port: number, timeout = 8, target = BOB): Promise<string> =>
    (await lab().python('alice', TCP_CONNECT, target, String(port), String(timeout))).stdout.trim();
  const send = async (target: string): Promise<string[]> =>
    (await lab().python('alice', UDP_SEND, target, '9', '1')).stdout.trim().split(' ');
  const matched = async (): Promise<Record<string, number>> =>
    Object.fromEntries((await lab().show<FilterRow[]>('filters')).map((row) => [row.name, row.matched]));

  it.concurrent.each(CODES)('is told %s as its kernel words it', async (code, prints, tcp, udp) => {
    const target = targetOf(code);
    const [printed, connected, sent] = await Promise.all([
      ping([], target),
      connect(80, 8, target),
      send(target),
    ]);
    expect(printed).toContain(`From 198.51.100.1 icmp_seq=1 ${prints}`);
    expect(connected).toBe(tcp);
    expect(sent).toEqual([udp, udp]);
    // A ping, a SYN, and what two sockets send.
    expect((await matched())[code]).toBeGreaterThanOrEqual(4);
  });

  it('is told the MTU of the way on, and that its next datagram is too long', async () => {
    await lab().on('alice', 'ip route flush cache');
    await add('--in r1.red --size-over 1000 --df --action reject --with frag-needed');
    expect(await ping(['-M', 'do', '-s', '1200'])).toContain('Frag needed and DF set (mtu = 1400)');
    expect(await ping(['-M', 'do', '-s', '900'])).toContain('1 received');
    const script = UDP_SEND.replace(/print\(.*$/m, 'print(attempt(lambda s: s.send(b"x" * 1390)))');
    expect((await lab().python('alice', script, BOB, '9', '1200')).stdout.trim()).toBe('EMSGSIZE');
    await lab().on('alice', 'ip route flush cache');
  });

  it('is told nothing by one that drops', async () => {
    await add('--out r1.blue --action drop --protocol icmp');
    await add('--in r1.red --action drop --destination-port 80');
    const [printed, connected] = await Promise.all([ping(), connect(80, 1.5)]);
    expect(printed).toContain('1 packets transmitted, 0 received, 100% packet loss');
    expect(printed).not.toContain('From ');
    expect(connected).toBe('time-out');
  });

  it('is let through by the first that matches, whatever the later ones say', async () => {
    await add('--in r1.red --protocol tcp --action reject --name all-tcp');
    // Bob has no server there, so bob's own kernel refuses.
    expect(await connect(9)).toBe('ECONNREFUSED');
    expect(await connect(80)).toBe('EHOSTUNREACH');
    const counted = await matched();
    expect(counted['let-9']).toBeGreaterThan(0);
    expect(counted['all-tcp']).toBeGreaterThan(0);
  });

  it('loses all fragments of a datagram or none', async () => {
    await add('--in r1.red --destination-port 5000 --action drop --name five');
    const script = `
import socket
for port in (5000, 5001):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, 10, 0)
    s.sendto(b'x' * 4000, ('${BOB}', port))
`;
    const seen = await captured(lab(), 'bob', 'tp-bob-blue', async () => {
      expect(await lab().python('alice', script)).toMatchObject({ code: 0 });
      await until(async () => (await matched()).five === 3, 5000, 'all three fragments are lost');
    });
    const ids = (await seen.rows(`ip.src==198.51.100.10 && ip.proto==17 && !icmp`, ['ip.id'])).flat();
    expect(ids.length).toBeGreaterThanOrEqual(3);
    expect(new Set(ids).size).toBe(1);
  });

  it('is let through again after the limit, and after the time', async () => {
    await add('--in r1.red --protocol icmp --action reject --limit 1 --name once');
    expect(await lab().tunpike('filter', 'add', '--action', 'drop', '--name', 'once')).toMatchObject({
      code: 7,
    });
    expect(await ping()).toContain('Packet filtered');
    expect(await ping()).toContain('1 received');
    expect((await matched()).once).toBe(1);
    const listed = (await lab().tunpike('filter', 'list')).stdout;
    expect(listed).toMatch(
      /^r1 +once +r1\.red +- +protocol icmp +reject admin-prohibited +1 of 1 +- +runtime$/m,
    );
    expect(await lab().tunpike('filter', 'del', 'once')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await lab().tunpike('filter', 'del', 'once')).toMatchObject({ code: 7 });
    await add('--in r1.red --protocol icmp --action drop --for 1s --name brief');
    await until(async () => !('brief' in (await matched())), 5000, 'its time is over');
    expect(await ping()).toContain('1 received');
  });
});
