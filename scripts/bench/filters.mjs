import { parcelOf } from '../../dist/parcel.js';
import { seededRandom } from '../../dist/random.js';
import { lab64, virtualLab, writeChecksum } from './labs.mjs';

const random = seededRandom(7);
const below = (limit) => Math.floor(random() * limit);

/** A filter with all its fields set, which no datagram of these meets: each has to be looked at to know that. */
const filterNumber = (number) => ({
  name: `f${number}`,
  in: random() < 0.5 ? 'red' : undefined,
  out: random() < 0.5 ? 'blue' : undefined,
  match: {
    protocol: 'udp',
    source: `198.51.100.${below(256)}/32`,
    destination: `203.0.113.${below(128) * 2}/${31 + below(2)}`,
    'source-port': 1024 + below(60_000),
    'destination-port': 1 + below(1023),
  },
  action: 'drop',
});

const all = { name: 'all', match: { protocol: 'udp', destination: '203.0.113.10/32' }, action: 'accept' };

/** The lab with these filters, in memory. */
const labWith = (filters) =>
  virtualLab(filters.length === 0 ? lab64 : `${lab64}    filters: ${JSON.stringify(filters)}\n`);

/** Nanoseconds of processor time that a datagram costs in the core, for each list of filters, turn by turn. */
export const benchFilters = (rounds = 7, datagrams = 400_000) => {
  const many = Array.from({ length: 1000 }, (_, at) => filterNumber(at));
  const labs = {
    none: labWith([]),
    'one, which does not match': labWith([filterNumber(0)]),
    '1,000, none of which matches': labWith(many),
    'one, which matches': labWith([all]),
    '1,000, the last of which matches': labWith([...many.slice(1), all]),
  };
  const BURST = 64;
  const KINDS = 4096;
  const sources = Array.from({ length: KINDS }, () => {
    const octets = labs.none.datagram.slice();
    octets[15] = 11 + below(200);
    octets[20] = 4 + below(200);
    octets[21] = below(256);
    octets[23] = below(256);
    octets.fill(0, 10, 12);
    writeChecksum(octets, 0, 20, 10);
    return octets;
  });
  const arena = new Uint8Array(BURST * 128);
  const parcels = Array.from({ length: BURST }, () => parcelOf(new Uint8Array(0)));
  let at = 0;
  const fill = () => {
    for (let i = 0; i < BURST; i++) {
      arena.set(sources[at], i * 128);
      at = (at + 1) % KINDS;
    }
  };
  const forward = ({ input }) => {
    fill();
    for (let i = 0; i < BURST; i++) {
      const parcel = parcels[i];
      parcel.octets = arena.subarray(i * 128, i * 128 + 64);
      input.entrance.take(parcel, 0);
    }
  };
  const cost = (action) => {
    const before = process.cpuUsage();
    for (let done = 0; done < datagrams; done += BURST) action();
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / datagrams;
  };
  const results = Object.fromEntries(Object.keys(labs).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    const idle = cost(fill);
    for (const [name, lab] of Object.entries(labs)) {
      const each = cost(() => forward(lab)) - idle;
      if (round >= 0) results[name].push(each);
    }
  }
  return results;
};
