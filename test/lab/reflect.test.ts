import { describe, expect, it } from 'vitest';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { milliseconds } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { datagram, hex } from '../support/datagram.js';

const ALICE = '198.51.100.10';
const MDNS = '224.0.0.251';
const SSDP = '239.255.255.250';

const lab = (
  settings: {
    readonly blue?: string;
    readonly green?: string;
    readonly reflect?: string;
    readonly more?: string;
  } = {},
): VirtualLab => {
  const { blue = '', green = '', more = '' } = settings;
  const reflect =
    settings.reflect ?? '{ service: mdns, between: [red, blue] }, { service: ssdp, between: [red, blue] }';
  const configuration = configured(`
links: { red: { gateway: r1 }, blue: { gateway: r1 }, green: {} }
hosts:
  alice: { interfaces: { red: { address: ${ALICE}/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
  carol: { interfaces: { green: { address: 192.0.2.10/24, routes: [default] } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24${blue} }
      green: { address: 192.0.2.1/24, igmp: { static-groups: [{ group: ${SSDP} }] }${green} }
    multicast: { reflect: [${reflect}] }
${more}`);
  const made = new VirtualLab(configuration);
  made.advance(milliseconds(100));
  for (const [host, link] of HOSTS) made.host(host, link).take();
  return made;
};

const HOSTS = [
  ['alice', 'red'],
  ['bob', 'blue'],
  ['carol', 'green'],
] as const;

const search = (
  group: string,
  ttl: number,
  fields: { source?: string; port?: number; flags?: number } = {},
) => {
  const { source = ALICE, port = group === MDNS ? 5353 : 1900, flags = 0 } = fields;
  const payload = Uint8Array.of(port >>> 8, port & 255, port >>> 8, port & 255, 0, 9, 0, 0, 7);
  return datagram({ source, destination: group, protocol: 17, ttl, flags, payload });
};

/** What alice, bob and carol get of what alice sends: the TTLs. */
const heard = (made: VirtualLab, octets: Uint8Array, [from, on]: (typeof HOSTS)[number] = HOSTS[0]) => {
  made.host(from, on).send(octets);
  return HOSTS.map(([host, link]) =>
    made
      .host(host, link)
      .take()
      .map((each) => each[8]!),
  );
};

describe('a service that is reflected', () => {
  it('is found on the other link, octet for octet, and nowhere else', () => {
    const made = lab();
    const query = search(MDNS, 255);
    made.host('alice', 'red').send(query);
    expect(made.host('bob', 'blue').take().map(hex)).toEqual([hex(query)]);
    expect(heard(made, query)).toEqual([[], [255], []]);
    const answer = search(MDNS, 255, { source: '203.0.113.10' });
    expect(heard(made, answer, HOSTS[1])).toEqual([[255], [], []]);
  });

  it('is carried with TTL 1, and beside that goes where its group is wanted', () => {
    const made = lab();
    expect(heard(made, search(SSDP, 1))).toEqual([[], [1], []]);
    expect(heard(made, search(SSDP, 4))).toEqual([[], [3], [3]]);
    expect(heard(made, search(SSDP, 0))).toEqual([[], [], []]);
  });

  it('is counted where its group is wanted and it may not leave', () => {
    const made = lab({ green: ', multicast-ttl-threshold: 32' });
    expect(heard(made, search(SSDP, 4))).toEqual([[], [3], []]);
    const { drops } = made.lab.routers.get('r1')!.interfaces[2]!;
    expect(drops.get('multicast-ttl')?.packets).toBe(1);
  });

  it('is that of its group and port only, in one piece, from a neighbor', () => {
    const made = lab();
    expect(heard(made, search(MDNS, 255, { port: 5354 }))).toEqual([[], [], []]);
    expect(heard(made, search(MDNS, 255, { flags: 0x2000 }))).toEqual([[], [], []]);
    expect(heard(made, search(MDNS, 255, { source: '203.0.113.77' }))).toEqual([[], [], []]);
    expect(heard(made, search(MDNS, 255, { source: '10.9.9.9' }))).toEqual([[], [], []]);
    expect(heard(made, search(SSDP, 4, { port: 1901 }))).toEqual([[], [], [3]]);
    expect(heard(lab({ reflect: '' }), search(MDNS, 255))).toEqual([[], [], []]);
    const { drops } = made.lab.routers.get('r1')!.interfaces[0]!;
    expect([...drops.keys()]).toEqual(['multicast-link-local']);
  });

  it('does not cross a boundary', () => {
    const made = lab({ blue: ', multicast-boundary: [local, 224.0.0.0/24]' });
    expect(heard(made, search(MDNS, 255))).toEqual([[], [], []]);
    expect(heard(made, search(SSDP, 4))).toEqual([[], [], [3]]);
  });

  it('does not go round in circles between two routers that reflect', () => {
    const made = lab({
      more: `
  r2:
    interfaces: { red: { address: 198.51.100.2/24 }, blue: { address: 203.0.113.2/24 } }
    multicast: { reverse-path: off, reflect: [{ service: mdns, between: [red, blue] }] }
`,
    });
    expect(heard(made, search(MDNS, 255))).toEqual([[], [255, 255], []]);
  });
});
