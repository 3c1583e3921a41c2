import { lasting, leaf, noted, whole } from '../../key.js';

/** A virtual wire. */
export const LINK_KEYS = {
  mtu: noted('octets', leaf('mtu', 'the longest datagram that the link carries, in octets', 1500)),
  /** Left out, the only router there is; undefined without a router, or with several. */
  gateway: noted(
    true,
    leaf('name', 'the router or host that gets the hosts’ off-link datagrams; required with several routers'),
  ),
};

const DELAY = { most: '60s' };

/** What a link does to datagrams on their way. */
export const IMPAIRMENT_KEYS = {
  delay: lasting('how long a datagram is on its way', DELAY),
  jitter: lasting('by how much the delay varies', DELAY),
  loss: leaf('share', 'how many datagrams are lost'),
  duplicate: leaf('share', 'how many arrive twice'),
  reorder: leaf('share', 'how many overtake others'),
  corrupt: leaf('share', 'how many arrive with a wrong bit'),
  rate: leaf('rate', 'bits a second'),
  queue: whole('how many datagrams wait at most', 1, 1_000_000),
  seed: whole('what all chance on this link follows from', 0, 0xffffffff),
};
