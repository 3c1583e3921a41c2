import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';
import { twoLinks } from '../support/topologies.js';

type Row = Readonly<Record<string, unknown>>;

/** Injects datagrams into the first TUN device of a host, octet for octet as they are given in hexadecimal. */
const INJECT = `
import os, socket, sys
device = next(name for name in os.listdir('/sys/class/net') if name.startswith('tp-'))
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
for datagram in sys.argv[1:]:
    octets = bytes.fromhex(datagram)
    s.sendto(octets, (device, 0x86dd if octets[0] >> 4 == 6 else 0x0800))
`;

/** A header of 20 octets with its checksum, in hexadecimal; `wrong` is added to the checksum. */
function header(
  octets: Partial<Record<'first' | 'length' | 'ttl' | 'source' | 'destination', number>>,
  wrong = 0,
): string {
  const { first = 0x45, length = 20, ttl = 64, source = 0xc6336463, destination = 0xcb00710a } = octets;
  const made = Buffer.alloc(20);
  made.writeUInt8(first, 0);
  made.writeUInt16BE(length, 2);
  made.writeUInt16BE((ttl << 8) | 17, 8);
  made.writeUInt32BE(source, 12);
  made.writeUInt32BE(destination, 16);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += made.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  made.writeUInt16BE(((~sum & 0xffff) + wrong) & 0xffff, 10);
  return made.toString('hex');
}

const LINKS = ['red', 'blue'];

describeKernel('what a running lab says of itself', ['ping', 'python3'], () => {
  const lab = sharedLab(
    twoLinks({
      blue: '{ mtu: 1400 }',
      router: '    routes: [{ to: 192.0.2.0/26, type: blackhole }]',
    }),
  );

  const countsOf = (rows: readonly Row[]): Record<string, unknown> =>
    Object.fromEntries(
      rows.filter((row) => row.interface === 'r1.red').map(({ reason, packets }) => [reason, packets]),
    );

  it('counts garbage by what is wrong with it, and routes on', async () => {
    const garbage = [
      '45',
      '00'.repeat(19),
      header({ first: 0x55 }),
      header({ first: 0x44 }),
      header({ length: 19 }),
      header({ length: 60 }),
      header({}, 1),
      header({ source: 0x7f000001 }),
      header({ source: 0xe0010101 }),
      header({ destination: 0x7f000001 }),
      header({ destination: 0x0a090909 }),
      header({ ttl: 1 }),
      `60${'00'.repeat(39)}`,
    ];
    const { stderr } = await lab().python('alice', INJECT, ...garbage);
    expect(stderr).toBe('');
    expect((await lab().on('alice', 'ping -n -c 1 -W 10 203.0.113.10')).stdout).toContain('ttl=63');
    expect(countsOf(await lab().shown('drops'))).toEqual({
      'too-short': 2,
      'bad-version': 1,
      'bad-header-length': 1,
      'bad-total-length': 1,
      truncated: 1,
      'bad-checksum': 1,
      'martian-source': 2,
      'martian-destination': 1,
      'no-route': 1,
      'ttl-expired': 1,
      ipv6: 1,
    });
  });

  it('survives random octets', async () => {
    // Most of them have a right checksum and length, so that they get past the gate.
    const script = `
import random
chance = random.Random(7)
def datagram():
    octets = bytearray(chance.randbytes(chance.choice([20, 24, 28, 40, 60, 84, 300])))
    octets[0] = 0x40 | chance.choice([5, 5, 5, 6, 10, 15, 3])
    octets[2:4] = len(octets).to_bytes(2)
    octets[16:20] = bytes([chance.choice([10, 127, 198, 203, 224, 255]), 0, 113, chance.choice([1, 10, 255])])
    if chance.random() < 0.8:
        length = min((octets[0] & 15) * 4, len(octets))
        octets[10:12] = bytes(2)
        total = sum(int.from_bytes(octets[at:at + 2]) for at in range(0, length, 2))
        while total > 0xffff: total = (total & 0xffff) + (total >> 16)
        octets[10:12] = (~total & 0xffff).to_bytes(2)
    return octets.hex()
import sys
sys.argv[1:] = [datagram() for _ in range(400)]
${INJECT}`;
    const { stderr } = await lab().python('alice', script);
    expect(stderr).toBe('');
    expect((await lab().on('alice', 'ping -n -c 1 -W 10 203.0.113.10')).stdout).toContain('ttl=63');
  });

  it('keeps a book that adds up', async () => {
    await lab().on('alice', 'ping -n -q -f -c 200 203.0.113.10');
    await lab().on('bob', 'ping -n -c 1 -W 10 192.0.2.1');
    const { ledgers } = await lab().shown<{ ledgers: Record<string, number>[] }>('status');
    const drops = await lab().shown<{ packets: number }[]>('drops');
    expect(ledgers).toHaveLength(1);
    const { received, forwarded, delivered, dropped, held } = ledgers[0]!;
    expect(forwarded).toBeGreaterThanOrEqual(400);
    expect(received).toBe(forwarded! + delivered! + dropped! + held!);
    expect(dropped).toBe(drops.reduce((sum, { packets }) => sum + packets, 0));
    const interfaces = await lab().shown<{ inPackets: number }[]>('interfaces');
    expect(interfaces.reduce((sum, { inPackets }) => sum + inPackets, 0)).toBe(received);
  });

  it('counts on each interface what the host’s kernel counts at its own end of the wire', async () => {
    const rows =
      await lab().shown<{ inPackets: number; inOctets: number; outPackets: number; outOctets: number }[]>(
        'interfaces',
      );
    for (const [at, host] of ['alice', 'bob'].entries()) {
      const [device] = JSON.parse(
        (await lab().on(host, `ip -s -j link show dev tp-${host}-${LINKS[at]}`)).stdout,
      );
      const { tx, rx } = device.stats64;
      expect(rows[at]).toMatchObject({ inPackets: tx.packets, inOctets: tx.bytes });
      expect(rows[at]).toMatchObject({ outPackets: rx.packets, outOctets: rx.bytes });
    }
  });

  const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const count = expect.any(Number);

  it('has the fields of `show interfaces -j` that scripts rely on', async () => {
    const rows = await lab().shown<Row[]>('interfaces');
    expect(rows[0]).toMatchObject({
      interface: 'r1.red',
      router: 'r1',
      link: 'red',
      addresses: ['198.51.100.1/24'],
      mtu: 1500,
      operStatus: 'UP',
      inPackets: count,
      inOctets: count,
      outPackets: count,
      outOctets: count,
      inMulticastPackets: count,
      outMulticastPackets: count,
      inDiscards: count,
      outDiscards: count,
    });
    expect(rows[1]).toMatchObject({ interface: 'r1.blue', mtu: 1400 });
    expect(rows).toHaveLength(2);
  });

  it('has the fields of `show routes -j` that scripts rely on', async () => {
    const rows = await lab().shown<Row[]>('routes');
    const direct = [{ via: null, interface: 'r1.red', weight: 1 }];
    const connected = { router: 'r1', metric: 0, origin: 'connected', nexthops: direct };
    expect(rows).toContainEqual(
      expect.objectContaining({ ...connected, prefix: '198.51.100.0/24', type: 'connected' }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({ ...connected, prefix: '198.51.100.1/32', type: 'local' }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({ prefix: '192.0.2.0/26', type: 'blackhole', nexthops: [], origin: 'config' }),
    );
  });

  it('has the fields of `show neighbors -j` that scripts rely on', async () => {
    expect(await lab().shown<Row[]>('neighbors')).toContainEqual(
      expect.objectContaining({ link: 'red', address: '198.51.100.10', owner: 'alice', state: 'static' }),
    );
  });

  it('has the fields of `show icmp -j` that scripts rely on', async () => {
    const [row] = await lab().shown<Row[]>('icmp');
    const names = (...messages: string[]) =>
      expect.objectContaining(Object.fromEntries(messages.map((message) => [message, count])));
    expect(row).toMatchObject({
      router: 'r1',
      sent: names(
        ...['echo-reply', 'net-unreachable', 'host-unreachable', 'protocol-unreachable', 'port-unreachable'],
        ...['frag-needed', 'source-route-failed', 'admin-prohibited', 'ttl-exceeded', 'reassembly-exceeded'],
        ...['redirect-host', 'parameter-problem', 'timestamp-reply'],
      ),
      received: names('echo-request'),
      suppressed: names(
        ...['rate-limit', 'icmp-error', 'multicast-or-broadcast', 'not-first-fragment', 'bad-source'],
        'switched-off',
      ),
    });
  });

  it('has the fields of `show drops -j` that scripts rely on', async () => {
    expect(await lab().shown<Row[]>('drops')).toContainEqual({
      router: 'r1',
      interface: 'r1.blue',
      reason: 'blackhole',
      packets: 1,
      octets: 84,
      lastSeen: timestamp,
    });
  });

  it('has the fields of `show status -j` that scripts rely on', async () => {
    expect(await lab().shown<Row>('status')).toMatchObject({
      name: lab().name,
      state: 'running',
      pid: lab().process.pid,
      uptimeSeconds: count,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      config: lab().file,
      routers: 1,
      links: 2,
      hosts: 2,
    });
  });

  it('shows the host changes that it printed, and the configuration', async () => {
    expect(await lab().shown<string[]>('changes')).toEqual(lab().changes);
    expect(lab().changes.join('\n')).toMatch(/alice: address 198\.51\.100\.10\/24 on tp-alice-red$/m);
    expect(await lab().shown<Row>('config')).toMatchObject({ name: lab().name });
  });

  it.each(['status', 'interfaces', 'routes', 'neighbors', 'icmp', 'drops', 'changes', 'config'])(
    'shows %s to a person, too',
    async (what) => {
      const { code, stdout, stderr } = await lab().tunpike('show', what);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.trim()).not.toBe('');
    },
  );
});
