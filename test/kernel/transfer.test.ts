import { expect, it } from 'vitest';
import { describeKernel, pythonCommand } from '../support/kernel.js';
import { withLab } from '../support/lab.js';

const LENGTH = 200_000_000;

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
    part = octets[i:] + octets[:i]
    digest.update(part)
    connection.sendall(part)
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
print(digest.hexdigest(), time.monotonic() - started)
`;

describeKernel('a long TCP transfer', ['python3'], () => {
  it.each(['off', 'all'])(
    'arrives octet for octet through two routers and over a narrower link, offload %s',
    (offload) =>
      withLab(
        `
links:
  red: {}
  core: {}
  blue: { mtu: 1400 }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: { address: 192.0.2.1/30 } }
    routes: [{ to: default, via: 192.0.2.2 }]
  r2:
    interfaces: { core: { address: 192.0.2.2/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: default, via: 192.0.2.1 }]
`,
        async (lab) => {
          const receiver = lab.background('bob', pythonCommand(RECEIVE));
          try {
            await receiver.printed(/listening/);
            const { stdout, stderr } = await lab.python('alice', SEND, '203.0.113.10', String(LENGTH));
            expect(stderr).toBe('');
            const [digest = '', seconds = ''] = stdout.trim().split(' ');
            expect(receiver.stdout).toContain(`received ${LENGTH} ${digest}`);
            const rate = (LENGTH * 8) / 1e6 / Number(seconds);
            console.info(`200 MB by TCP through two routers in ${seconds} s: ${rate.toFixed(0)} Mbit/s`);
          } finally {
            await receiver.kill();
          }
        },
        { environment: { TUNPIKE_OFFLOAD: offload } },
      ),
  );
});
