import { lasting, leaf, noted, whole } from '../../key.js';

/** A virtual wire. */
export const LINK_KEYS = {
  mtu: noted('octets', leaf('mtu', 'the longest datagram that the link carries, in octets', 1500)),
  /** Default: the only router on the link; undefined if there is none or several. */
  gateway: noted(
    true,
    leaf(
      'name',
      'the router or host that receives the hosts’ off-link datagrams; required if there are several routers',
    ),
  ),
};

const DELAY = { most: '60s' };

/** What a link does to datagrams in transit. */
export const IMPAIRMENT_KEYS = {
  delay: lasting('how long a datagram is delayed', DELAY),
  jitter: lasting('how much the delay varies', DELAY),
  loss: leaf('share', 'the share of datagrams that are lost'),
  duplicate: leaf('share', 'the share that arrives twice'),
  reorder: leaf('share', 'the share that overtakes others'),
  corrupt: leaf('share', 'the share that arrives with a wrong bit'),
  rate: leaf('rate', 'bits per second'),
  queue: whole('how many datagrams may wait', 1, 1_000_000),
  seed: whole('the seed for all random decisions on this link', 0, 0xffffffff),
};
