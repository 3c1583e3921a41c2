import { IMPAIRMENT_KEYS } from '../../impairments.js';
import { leaf, named, noted, section } from '../../key.js';

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

/** Everything that a file may say about a link. */
export const WHOLE_LINK_KEYS = {
  ...LINK_KEYS,
  ...IMPAIRMENT_KEYS,
  from: noted(
    'only for what this host or router sends',
    named(
      'impairments of what one host or router sends; they add to the others and override them',
      'a host or router on the link',
      section('impairments of one direction', IMPAIRMENT_KEYS),
    ),
  ),
};
