import { randomBelow, seededRandom } from '../../../src/random.js';
import { milliseconds } from '../../../src/time.js';
import { datagram } from '../../support/datagram.js';
import { megabytesInUse } from '../memory.js';
import { insist } from '../visit.js';
import { FloodedLab } from './flooded-lab.js';
import { STREAM_SOURCE, WISHES } from './place.js';
import type { Aftermath } from './storms.js';

const REMEMBERED_ROUTES = 16_384;
const MOST_GROWTH_MEGABYTES = 24;
const PROTOCOL = 253;

/**
 * Datagrams of as many sources to as many groups as there are messages, and now and then one of a stream that is
 * wanted: each of those arrives, and is counted with its own.
 */
export const flows = (messages: number): Aftermath => {
  const random = seededRandom(messages);
  const lab = new FloodedLab(
    [
      [
        { name: 'red', address: '10.0.3.232/8', wishes: [] },
        { name: 'blue', address: '192.0.2.1/24', wishes: WISHES },
      ],
    ],
    random,
    messages / 50,
  );
  const [red, blue] = lab.places as [(typeof lab.places)[0], (typeof lab.places)[0]];
  const [{ group: wanted }] = WISHES as [(typeof WISHES)[0]];
  const stream = datagram({ source: STREAM_SOURCE, destination: wanted, ttl: 8, protocol: PROTOCOL });
  let baseline = 0;
  let streamed = 0;
  const begun = performance.now();
  for (let number = 0; number < messages; number += 1) {
    if (number % 100 === 0) {
      red.forge(stream);
      streamed += 1;
    }
    const isWanted = random() < 0.2;
    const destination = isWanted ? wanted : 0xef10_0000 + randomBelow(random, 2 ** 20);
    const source = 0x0a00_0001 + (number % 0xff_0000);
    red.forge(datagram({ source, destination, ttl: 8, protocol: PROTOCOL }));
    if (number % 10 === 0) lab.advance(milliseconds(1));
    lab.insist();
    if (number === Math.floor(messages / 10)) baseline = megabytesInUse();
  }
  const took = performance.now() - begun;
  const views = [...lab.routers[0]!.multicast.views()];
  insist(views.length <= REMEMBERED_ROUTES, `${views.length} routes are remembered`);
  insist(blue.streamed === streamed, `${streamed} of the stream sent, ${blue.streamed} forwarded`);
  const own = views.find(({ source, group }) => source === STREAM_SOURCE && group === wanted);
  insist(own?.packets === streamed, `${streamed} of the stream sent, ${own?.packets} counted`);
  const megabytes = megabytesInUse() - baseline;
  insist(megabytes < MOST_GROWTH_MEGABYTES, `${megabytes} MB more`);
  return {
    messages,
    microseconds: (1000 * took) / messages,
    queries: blue.igmp.counters.sent['query-v3'],
    warnings: lab.warnings,
    megabytes,
  };
};
