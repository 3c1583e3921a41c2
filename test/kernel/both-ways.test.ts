import { expect, it } from 'vitest';
import type { DeviceRow } from '../../src/observe/device-row.js';
import { describeKernel, pythonCommand } from '../support/kernel.js';
import { type RunningLab, withLab } from '../support/lab.js';

const GROUP = '239.1.2.3';

const LAB = `
links: { red: {}, blue: { mtu: 1400 }, green: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default, 224.0.0.0/4] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
  carol: { interfaces: { green: { address: 192.0.2.10/24, routes: [default] } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: {} }
      blue: { address: 203.0.113.1/24, igmp: { static-groups: [{ group: ${GROUP} }] } }
      green: { address: 192.0.2.1/24, igmp: { static-groups: [{ group: ${GROUP} }] } }
    filters: [{ name: no-telnet, in: red, match: { protocol: tcp, destination-port: 23 }, action: reject }]
`;

/** Echoes UDP and TCP, and tells what comes to a group, one line a datagram. */
const PEER = `
import hashlib, socket, struct, sys, threading
def echo_udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    s.bind(('0.0.0.0', 7))
    while True:
        octets, sender = s.recvfrom(70000)
        s.sendto(octets, sender)
def echo_tcp():
    s = socket.socket(); s.bind(('0.0.0.0', 7)); s.listen()
    while True:
        c, _ = s.accept()
        while octets := c.recv(1 << 16): c.sendall(octets)
        c.close()
g = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
g.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
g.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton('${GROUP}') + socket.inet_aton(sys.argv[1]))
g.bind(('${GROUP}', 5000))
for each in echo_udp, echo_tcp: threading.Thread(target=each, daemon=True).start()
print('listening', flush=True)
print('group', [(len(octets), octets[0]) for octets in (g.recv(70000) for _ in range(20))], flush=True)
threading.Event().wait()
`;

/** What programs see: an answer a line. */
const PROGRAM = `
import errno, hashlib, random, socket
BOB, UDP_SEGMENT = '203.0.113.10', 103
def udp(to, port, ttl=None):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    s.setsockopt(socket.IPPROTO_IP, 10, 0)
    if ttl is not None: s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
    s.settimeout(5); s.connect((to, port))
    return s
def name(error): return errno.errorcode[error.errno]
s = udp(BOB, 7)
def answered(octets):
    s.send(octets)
    return s.recv(70000) == octets
print('lengths', [answered(random.Random(n).randbytes(n)) for n in (0, 1, 1372, 1373, 5000, 65507)])
s.setsockopt(17, UDP_SEGMENT, 1000)
s.send(b''.join(bytes([n]) * 1000 for n in range(20)) + b'end')
print('segments', [(len(octets), octets[0]) for octets in (s.recv(70000) for _ in range(21))] == [(1000, n) for n in range(20)] + [(3, 101)])
s.setsockopt(17, UDP_SEGMENT, 0)
for n in range(200): s.send(bytes([n]) * 64)
print('singles', [s.recv(100)[0] for _ in range(200)] == list(range(200)))
octets = random.Random(7).randbytes(3_000_000)
c = socket.create_connection((BOB, 7), 5); c.settimeout(20)
import threading
threading.Thread(target=lambda: (c.sendall(octets), c.shutdown(socket.SHUT_WR))).start()
back = bytearray()
while part := c.recv(1 << 16): back += part
print('stream', hashlib.sha256(back).digest() == hashlib.sha256(octets).digest())
closed = udp(BOB, 9)
closed.setsockopt(17, UDP_SEGMENT, 1000); closed.send(bytes(5000))
try: print('closed', closed.recv(10))
except OSError as error: print('closed', name(error))
try: print('telnet', socket.create_connection((BOB, 23), 5))
except OSError as error: print('telnet', name(error))
late = udp(BOB, 7); late.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
late.setsockopt(socket.IPPROTO_IP, 11, 1); late.setsockopt(17, UDP_SEGMENT, 1000); late.send(bytes(5000))
try: print('late', late.recv(10))
except OSError as error: print('late', name(error))
m = udp('${GROUP}', 5000, 4)
m.setsockopt(17, UDP_SEGMENT, 700)
m.send(b''.join(bytes([n]) * 700 for n in range(20)))
`;

const TWENTY = JSON.stringify(Array.from({ length: 20 }, (_, n) => [700, n]));
const asJson = (line: string): string => line.replaceAll('(', '[').replaceAll(')', ']').replaceAll(' ', '');

interface Ledgers {
  readonly ledgers: readonly Record<'received' | 'forwarded' | 'delivered' | 'dropped' | 'held', number>[];
}

const scenario = async (lab: RunningLab) => {
  const peers = [
    lab.background('bob', pythonCommand(PEER, '203.0.113.10')),
    lab.background('carol', pythonCommand(PEER, '192.0.2.10')),
  ];
  try {
    for (const peer of peers) await peer.printed(/listening/);
    const { stdout, stderr } = await lab.python('alice', PROGRAM);
    expect(stderr).toBe('');
    const groups: string[] = [];
    for (const peer of peers) groups.push(asJson((await peer.printed(/^group (.*)\n/m))[1]!));
    const long = await lab.on('alice', 'ping -n -c 1 -W 10 -M do -s 1472 203.0.113.10');
    const { ledgers } = await lab.show<Ledgers>('status');
    const devices = await lab.show<readonly DeviceRow[]>('devices');
    return {
      answers: stdout.trim().split('\n'),
      groups,
      fragNeeded: /mtu\s*=\s*(\d+)/.exec(long.stdout + long.stderr)?.[1],
      off: ledgers.map((own) => own.received - own.forwarded - own.delivered - own.dropped - own.held),
      isAtOnce: devices.map((row) => row.readDatagrams > row.readSegments),
    };
  } finally {
    for (const peer of peers) await peer.stop();
  }
};

describeKernel('programs see the same', ['python3', 'ping'], () => {
  it.each([
    ['off', false],
    ['all', true],
  ])('with offload %s', (offload, isOffloaded) =>
    withLab(
      LAB,
      async (lab) => {
        const { isAtOnce, ...seen } = await scenario(lab);
        expect(seen).toEqual({
          answers: [
            `lengths [${Array(6).fill('True').join(', ')}]`,
            'segments True',
            'singles True',
            'stream True',
            'closed ECONNREFUSED',
            'telnet EHOSTUNREACH',
            'late EHOSTUNREACH',
          ],
          groups: [TWENTY, TWENTY],
          fragNeeded: '1400',
          off: [0],
        });
        expect(isAtOnce[0]).toBe(isOffloaded);
      },
      { environment: { TUNPIKE_OFFLOAD: offload } },
    ),
  );
});
