import { flag, leaf, list, named, noted, oneOrMore, required, section, shortened } from '../../key.js';

/** A route of a host. */
const HOST_ROUTE_KEYS = {
  to: required(leaf('prefix', 'the destination')),
  /** Default: the gateway of the link; none for groups. */
  via: leaf('host-address', 'the next hop, somebody else on the link; default: the gateway of the link'),
};

/** A host's interface on a link. */
export const HOST_INTERFACE_KEYS = {
  address: required(
    oneOrMore(
      'one, or a list whose first is primary',
      leaf('interface-address', 'an address and its prefix length'),
      256,
    ),
  ),
  routes: noted(
    'via the gateway; also { to: PREFIX, via: ADDRESS }; groups (224.0.0.0/4) through the device',
    list(
      'destinations that the host reaches through this link',
      shortened('to', section('a destination, or a destination and its next hop', HOST_ROUTE_KEYS)),
      undefined,
      [],
    ),
  ),
  /** Unique in the lab. */
  device: noted('at most 15 octets', leaf('device', 'the name of the TUN device; default: `tp-HOST-LINK`')),
  persistent: noted(
    'true: device and namespace outlive tunpike',
    flag('the device and the namespace outlive tunpike', false),
  ),
};

export const HOST_KEYS = {
  namespace: noted(
    "default: the host's name, created and removed by tunpike; self = this one",
    leaf(
      'name',
      'the network namespace; `self` is the one in which tunpike runs; default: the name of the host',
    ),
  ),
  interfaces: required(
    named(
      'one for each link, by the name of the link',
      'a link',
      section('a TUN device on a link', HOST_INTERFACE_KEYS),
    ),
  ),
};
