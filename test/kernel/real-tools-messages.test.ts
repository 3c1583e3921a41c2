import { beforeAll, expect, it } from 'vitest';
import { type CaptureFile, captured, SUSPECT } from '../support/capture.js';
import { describeKernel } from '../support/kernel.js';
import { type RunningLab, sharedLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT } from '../support/topologies.js';

const BOB = '203.0.113.10';

/** Alice’s router says everything that a router can say. */
const TALKATIVE = `
links: { red: {}, core: { mtu: 1492 }, blue: { mtu: 1400 } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  carol: { interfaces: { red: { address: 198.51.100.20/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, core: { address: 192.0.2.1/30 } }
    routes:
      - { to: 203.0.113.0/24, via: 192.0.2.2 }
      - { to: 198.18.0.0/24, via: 198.51.100.20 }
      - { to: 192.0.2.128/26, type: prohibit }
      - { to: 192.0.2.64/26, type: unreachable }
    icmp: &icmp
      timestamp-reply: true
      address-mask-reply: true
      router-discovery: true
      probe: true
      extensions: [incoming, outgoing, next-hop]
      ${GENEROUS_RATE_LIMIT}
  r2:
    interfaces: { core: { address: 192.0.2.2/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: 198.51.100.0/24, via: 192.0.2.1 }]
    icmp: *icmp
`;

/** What no program sends: a probe of an interface by index, a solicitation, an option longer than its header. */
const ODD_REQUESTS = `
import socket, struct
def checksum(octets):
    total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff
def icmp(kind, rest):
    message = struct.pack('!BBH', kind, 0, 0) + rest
    return message[:2] + struct.pack('!H', checksum(message)) + message[4:]
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
probed = struct.pack('!HBBI', 8, 3, 2, 1)
structure = struct.pack('!BBH', 0x20, 0, 0)
structure = structure[:2] + struct.pack('!H', checksum(structure + probed)) + probed
s.sendto(icmp(42, struct.pack('!HBB', 7, 1, 1) + structure), ('198.51.100.1', 0))
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('198.51.100.10'))
s.sendto(icmp(10, bytes(4)), ('224.0.0.2', 0))
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
header = struct.pack('!BBHHHBBH4s4s', 0x46, 0, 0, 1, 0, 64, 17, 0,
    socket.inet_aton('198.51.100.10'), socket.inet_aton('${BOB}')) + bytes([7, 40, 4, 0])
raw.sendto(header + struct.pack('!HHHH', 5000, 9, 8, 0), ('${BOB}', 0))
s.settimeout(5)
while s.recv(2000)[20] != 9: pass
`;

/** Provokes each of the router’s messages; the script ends with the advertisement that was asked for. */
const provoke = async (lab: RunningLab): Promise<void> => {
  const ping = (arguments_: string) => lab.on('alice', `ping -n -c 1 -W 10 ${arguments_}`);
  const ran = [
    ping('198.51.100.1'),
    ping('10.9.9.9'),
    ping('192.0.2.70'),
    ping('192.0.2.130'),
    ping('198.51.100.77'),
    ping('198.18.0.1'),
    ping(`-t 1 ${BOB}`),
    // Alice’s kernel must know the first narrow link to send what fits just that one.
    ping(`-M do -s 1472 ${BOB}`).then(() => ping(`-M do -s 1464 ${BOB}`)),
    lab.on('alice', 'hping3 -n -q -1 --icmp-ts -c 1 198.51.100.1'),
    lab.on('alice', 'hping3 -n -q -1 -C 17 -c 1 198.51.100.1'),
    lab.on('alice', 'nmap -n -Pn -sU -p 9 --max-retries 0 198.51.100.1'),
    lab.on('alice', 'nmap -n -Pn -sO -p 47 --max-retries 0 198.51.100.1'),
  ];
  const { stderr } = await lab.python('alice', ODD_REQUESTS);
  expect(stderr).toBe('');
  await Promise.all(ran);
};

/** Without, tshark takes an extension for a part of the quote where the original was longer than 128 octets. */
const READS_EXTENSIONS = ['-o', 'icmp.favor_icmp_mpls:TRUE'];

/** What tshark reads of one Interface Information Object; '' where the part is missing. */
const OBJECT_FIELDS = ['role', 'index', 'ipv4', 'name', 'mtu'].map((name) => `icmp.int_info.${name}`);

const RED_IN = { roles: '0', indexes: '1', addresses: '198.51.100.1', names: 'r1.red', mtus: '1500' };
const TO_BOB = {
  roles: '0,2,3',
  indexes: '1,2',
  addresses: '198.51.100.1,192.0.2.1,192.0.2.2',
  names: 'r1.red,r1.core',
  mtus: '1500,1492',
};
const TO_BOB_FROM_R2 = {
  roles: '0,2,3',
  indexes: '1,2',
  addresses: `192.0.2.2,203.0.113.1,${BOB}`,
  names: 'r2.core,r2.blue',
  mtus: '1492,1400',
};
const TO_NOBODY = {
  roles: '0,2,3',
  indexes: '1,1',
  addresses: '198.51.100.1,198.51.100.1,198.51.100.77',
  names: 'r1.red,r1.red',
  mtus: '1500,1500',
};

describeKernel(
  'the messages of a router that says all it can',
  ['ping', 'traceroute', 'hping3', 'nmap', 'python3', 'tcpdump', 'tshark'],
  () => {
    const lab = sharedLab(TALKATIVE);
    let capture: CaptureFile;
    beforeAll(async () => {
      capture = await captured(lab(), 'alice', 'tp-alice-red', () => provoke(lab()));
    });

    it.each([
      ['no route (3/0)', { filter: 'icmp.code==0 && ip.dst==10.9.9.9', says: RED_IN }],
      ['an unreachable route (3/1)', { filter: 'icmp.code==1 && ip.dst==192.0.2.70', says: RED_IN }],
      [
        'a host that is not there (3/1)',
        { filter: 'icmp.code==1 && ip.dst==198.51.100.77', says: TO_NOBODY },
      ],
      ['a foreign protocol (3/2)', { filter: 'icmp.type==3 && icmp.code==2', says: RED_IN }],
      ['a closed port (3/3)', { filter: 'icmp.type==3 && icmp.code==3', says: RED_IN }],
      ['what is too long (3/4)', { filter: 'icmp.code==4 && icmp.mtu==1492', says: TO_BOB }],
      ['what is too long further on', { filter: 'icmp.code==4 && icmp.mtu==1400', says: TO_BOB_FROM_R2 }],
      ['a prohibit route (3/13)', { filter: 'icmp.type==3 && icmp.code==13', says: RED_IN }],
      ['a TTL that ran out (11/0)', { filter: 'icmp.type==11 && icmp.code==0', says: TO_BOB }],
      ['a malformed option (12/0)', { filter: 'icmp.type==12 && icmp.code==0', says: TO_BOB }],
    ])('name the interfaces in the error about %s', async (_, { filter, says }) => {
      const fields = ['icmp.ext.version', 'icmp.ext.checksum.status', 'icmp.ext.class', ...OBJECT_FIELDS];
      const rows = await capture.rows(`icmp.ext && ${filter}`, fields, ...READS_EXTENSIONS);
      expect(rows).toHaveLength(1);
      const [version, checksum, classes, roles, indexes, addresses, names, mtus] = rows[0] ?? [];
      expect({ version, checksum }).toEqual({ version: '2', checksum: '1' });
      expect(classes).toBe(says.roles.replaceAll(/\d/g, '2'));
      expect({ roles, indexes, addresses, names, mtus }).toEqual(says);
    });

    it('are of every kind, from the address on the link, with a right checksum', async () => {
      const fields = ['icmp.type', 'icmp.code', 'icmp.checksum.status'];
      const options = ['-E', 'occurrence=f', '-o', 'ip.check_checksum:TRUE'];
      const rows = await capture.rows('icmp && ip.src==198.51.100.1', fields, ...options);
      const seen = new Set(rows.map(([type, code]) => `${type}/${code}`));
      const all = '0/0 3/0 3/1 3/2 3/3 3/4 3/13 5/1 9/0 11/0 12/0 14/0 18/0 43/0';
      for (const kind of all.split(' ')) expect.soft([...seen]).toContain(kind);
      expect(rows.map(([, , status]) => status)).toEqual(rows.map(() => '1'));
    });

    it('leave tshark nothing to complain of but the malformed option that one of them quotes', async () => {
      const fields = ['frame.number', '_ws.col.Info', '_ws.expert.message'];
      const options = [...READS_EXTENSIONS, '-o', 'ip.check_checksum:TRUE'];
      const suspects = await capture.rows(`icmp && icmp.type!=12 && (${SUSPECT})`, fields, ...options);
      expect(suspects).toEqual([]);
    });

    it('say what an active interface and a mask are, as tshark reads them', async () => {
      const probed = ['icmp.ext.echo.rsp.active', 'icmp.ext.echo.rsp.ipv4'];
      expect(await capture.rows('icmp.type==43', probed)).toEqual([['1', '1']]);
      expect(await capture.rows('icmp.type==18', ['icmp.address_mask'])).toEqual([['255.255.255.0']]);
      expect(await capture.rows('icmp.type==5', ['icmp.redir_gw'])).toEqual([['198.51.100.20']]);
    });

    it('let `traceroute -e` print the interfaces of every hop', async () => {
      const { code, stdout, stderr } = await lab().on('alice', `traceroute -n -e -q 1 -w 10,0,0 ${BOB}`);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const [, first, second, last] = stdout.split('\n');
      const name = (text: string): string =>
        Buffer.from(text).toString('hex').match(/.{8}/g)?.join(',') ?? '';
      const object = (role: number, index: number, address: string, label: string, mtu: string): string =>
        `2/${role}:0000000${index},00010000,${address},${name(label)},${mtu}`;
      const red = object(15, 1, 'c6336401', '\x08r1.red\0', '000005dc');
      const core = object(143, 2, 'c0000201', '\x08r1.core', '000005d4');
      expect(first).toContain(`198.51.100.1 <${red};${core};2/196:00010000,c0000202>`);
      const entry = object(15, 1, 'c0000202', '\x08r2.core', '000005d4');
      const blue = object(143, 2, 'cb007101', '\x08r2.blue', '00000578');
      expect(second).toContain(`192.0.2.2 <${entry};${blue};2/196:00010000,cb00710a>`);
      expect(last).toContain(` ${BOB} `);
    });
  },
);
