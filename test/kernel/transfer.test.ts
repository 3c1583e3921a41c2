import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { DeviceRow } from '../../src/observe/device-row.js';
import { Background } from '../support/background.js';
import { describeKernel, pythonCommand, run, until, withNamespace } from '../support/kernel.js';
import { MAIN, type RunningLab, withLab } from '../support/lab.js';

/** In octets; `TUNPIKE_TRANSFER=1000000000` for a long one. */
const LENGTH = Number(process.env.TUNPIKE_TRANSFER ?? 100_000_000);
const PATIENCE = 300_000;

const RECEIVE = `
import hashlib, socket
server = socket.socket()
server.bind(('0.0.0.0', 5001))
server.listen()
print('listening', flush=True)
connection, _ = server.accept()
digest, length = hashlib.sha256(), 0
while octets := connection.recv(1 << 20):
    digest.update(octets)
    length += len(octets)
print('received', length, digest.hexdigest(), flush=True)
`;

const SEND = `
import hashlib, random, socket, sys, time
octets = random.Random(1).randbytes(1_000_000)
digest = hashlib.sha256()
connection = socket.create_connection((sys.argv[1], 5001), 10)
connection.settimeout(30)
started = time.monotonic()
for i in range(int(sys.argv[2]) // len(octets)):
    part = octets[i % len(octets):] + octets[:i % len(octets)]
    digest.update(part)
    connection.sendall(part)
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
print(digest.hexdigest(), time.monotonic() - started)
`;

/** Sends so many octets by TCP, and sees that they are what arrives. */
const transfer = async (from: string, to: string, length: number): Promise<void> => {
  const inside = (namespace: string, command: readonly string[]) => [
    'ip',
    'netns',
    'exec',
    namespace,
    ...command,
  ];
  const receiver = new Background(inside(to, pythonCommand(RECEIVE)));
  try {
    await receiver.printed(/listening/);
    const [file = '', ...words] = pythonCommand(SEND, '203.0.113.10', String(length));
    const { stdout, stderr } = await run(file, words, { namespace: from, timeout: PATIENCE });
    expect(stderr).toBe('');
    const [digest = '', seconds = ''] = stdout.trim().split(' ');
    await receiver.printed(/received .*\n/);
    expect(receiver.stdout).toContain(`received ${length} ${digest}`);
    const rate = (length * 8) / 1e6 / Number(seconds);
    console.info(`${length / 1e6} MB by TCP in ${seconds} s: ${rate.toFixed(0)} Mbit/s`);
  } finally {
    await receiver.stop();
  }
};

/** How often the kernel of a namespace has found that segments of TCP had changed places. */
const reorderings = async (namespace: string): Promise<Record<string, number>> => {
  const { stdout } = await run('cat', ['/proc/net/netstat'], { namespace });
  const [names = [], values = []] = stdout
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '));
  const all = names.map((name, at) => [name, Number(values[at])] as const);
  return Object.fromEntries(all.filter(([name]) => name.endsWith('Reorder')));
};

/** Everything that passes a lab while something happens; what tshark holds for a wrong checksum, or too long. */
const captured = async (lab: RunningLab, body: () => Promise<void>) => {
  const file = join(lab.folder, 'all.pcapng');
  const capture = new Background([process.execPath, MAIN, '-n', lab.name, 'capture', '-w', file]);
  try {
    await until(() => capture.stderr.includes('capturing'), 10_000, 'the capture to begin');
    await body();
    capture.signal('SIGINT');
    expect(await capture.ended()).toBe(0);
  } finally {
    await capture.stop();
  }
  const checks = ['ip', 'tcp', 'udp'].flatMap((each) => ['-o', `${each}.check_checksum:TRUE`]);
  const fields = ['ip.checksum.status', 'tcp.checksum.status', 'ip.len'].flatMap((each) => ['-e', each]);
  const words = ['-n', '-r', file, ...checks, '-Y', 'tcp', '-T', 'fields', ...fields];
  const { code, stdout, stderr } = await run('tshark', words, { timeout: PATIENCE });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const frames = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t').map(Number));
  const isRight = ([ip, tcp]: readonly number[]): boolean => ip === 1 && tcp === 1;
  return {
    right: frames.filter(isRight).length,
    wrong: frames.filter((each) => !isRight(each)).length,
    long: frames.filter(([, , length]) => length! > 1500).length,
  };
};

const host = (namespace: string, link: string, address: string, more = ''): string =>
  `{ namespace: ${namespace}, interfaces: { ${link}: { address: ${address}/24, routes: [${more}] } } }`;

/** A router between two hosts, in namespaces that are there already. */
const between = (
  [left, leftAddress, leftNetwork]: readonly [string, string, string],
  [right, rightAddress, rightNetwork]: readonly [string, string, string],
  mtu: number,
): string => {
  const gateway = (address: string) => address.replace(/\d+$/, '1');
  return `
links: { left: {}, right: { mtu: ${mtu} } }
hosts:
  a: ${host(left, 'left', leftAddress, rightNetwork)}
  b: ${host(right, 'right', rightAddress, leftNetwork)}
routers:
  r1:
    interfaces:
      left: { address: ${gateway(leftAddress)}/24 }
      right: { address: ${gateway(rightAddress)}/24 }
    routes:
      - { to: 198.51.100.0/24, via: ${leftAddress}, metric: 9 }
      - { to: 203.0.113.0/24, via: ${rightAddress}, metric: 9 }
`;
};

describeKernel('a long TCP transfer', ['python3', 'sysctl', 'tshark'], () => {
  it('arrives octet for octet through offload, none, a narrower link and offload again', () =>
    withNamespace('tptransfer', (alice) =>
      withNamespace('tptransfer', (west) =>
        withNamespace('tptransfer', (east) =>
          withNamespace('tptransfer', async (bob) => {
            for (const namespace of [west, east])
              await run('sysctl', ['-qw', 'net.ipv4.ip_forward=1'], { namespace });
            const FROM = '198.51.100.0/24';
            const TO = '203.0.113.0/24';
            const first = between([alice, '198.51.100.10', FROM], [west, '10.0.1.10', TO], 1500);
            const second = between([west, '10.0.2.10', FROM], [east, '10.0.3.10', TO], 1400);
            const third = between([east, '10.0.4.10', FROM], [bob, '203.0.113.10', TO], 1500);
            const by = (offload: string) => ({ environment: { TUNPIKE_OFFLOAD: offload } });
            await withLab(
              first,
              (one) =>
                withLab(
                  second,
                  (two) =>
                    withLab(
                      third,
                      async (three) => {
                        await transfer(alice, bob, LENGTH);
                        const counts = await reorderings(alice);
                        expect(Object.keys(counts).length).toBeGreaterThan(0);
                        expect(Object.values(counts).every((count) => count === 0)).toBe(true);
                        const sent = async (lab: RunningLab) =>
                          (await lab.show<readonly DeviceRow[]>('devices'))[0]!;
                        const devices = await Promise.all([one, two, three].map(sent));
                        const isOffloaded = devices.map(({ offload }) =>
                          offload.includes('tcp-segmentation'),
                        );
                        expect(isOffloaded).toEqual([true, false, true]);
                        // Behind the second, a kernel that forwards has only datagrams to pass on.
                        const isAtOnce = devices.map((row) => row.readDatagrams > 2 * row.readSegments);
                        expect(isAtOnce).toEqual([true, false, false]);
                        for (const lab of [one, three]) {
                          const seen = await captured(lab, () => transfer(alice, bob, 3_000_000));
                          expect(seen).toEqual({ right: seen.right, wrong: 0, long: 0 });
                          expect(seen.right).toBeGreaterThan(4000);
                        }
                      },
                      by('all'),
                    ),
                  by('off'),
                ),
              by('all'),
            );
          }),
        ),
      ),
    ));
});
