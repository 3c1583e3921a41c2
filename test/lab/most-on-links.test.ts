import { expect, it } from 'vitest';
import { Lab } from '../../src/lab/lab.js';
import { mostOnLinks } from '../../src/lab/most-on-links.js';
import { linkRows } from '../../src/observe/show-links.js';
import { parcelOf } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { datagram } from '../support/datagram.js';

const MIB = 1024 * 1024;

it.each([
  ['a large machine', 24_576 * MIB, 2 ** 64, 1024 * MIB],
  ['one of which nothing is known beside its memory', 24_576 * MIB, 0, 1024 * MIB],
  ['a small machine', 512 * MIB, 2 ** 64, 128 * MIB],
  ['a control group with a limit', 24_576 * MIB, 256 * MIB, 64 * MIB],
])('%s has so much for what waits on links', (_, memory, constrained, most) => {
  expect(mostOnLinks(memory, constrained)).toBe(most);
});

it('all links together hold no more than a lab is told', () => {
  const configuration = configured(`
links: { red: { delay: 1s }, blue: { delay: 1s } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 }, blue: { address: 203.0.113.10/24 } } }
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } } }
`);
  const random = (): number => 0.5;
  const lab = new Lab(configuration, { random, now: START, mostOnLinks: 1000 });
  const end = { isUp: () => true, take: () => {} };
  const inputs = ['red', 'blue'].map((link) => lab.connect('alice', link, end, START));
  for (let sent = 0; sent < 6; sent += 1)
    for (const { entrance } of inputs)
      entrance.take(parcelOf(datagram({ payload: new Uint8Array(80) })), START);
  const rows = [...linkRows(lab)].filter(({ from }) => from === null);
  // Ten datagrams of 100 octets, whoever sends them where.
  expect(
    rows.map(({ link, queuedDatagrams, droppedDatagrams }) => [link, queuedDatagrams, droppedDatagrams]),
  ).toEqual([
    ['red', 5, 1],
    ['blue', 5, 1],
  ]);
});
