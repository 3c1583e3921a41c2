import { flag, leaf, list, named, noted, oneOrMore, required, section } from '../../key.js';

/** A host's place on a link. */
export const HOST_INTERFACE_KEYS = {
  address: required(
    oneOrMore(
      'one, or a list whose first is primary',
      leaf('interface-address', 'an address and its prefix length'),
      256,
    ),
  ),
  routes: noted(
    'via the gateway; groups (224.0.0.0/4) by the device',
    list('what the host reaches through this link', leaf('prefix', 'a destination'), undefined, []),
  ),
  /** Unique in the lab. */
  device: noted('at most 15 octets', leaf('device', 'the TUN device; `tp-HOST-LINK` unless told')),
  persistent: noted(
    'true: device and namespace outlive tunpike',
    flag('device and namespace outlive the program', false),
  ),
};

export const HOST_KEYS = {
  namespace: noted(
    "the host's own name, created and removed by tunpike; self = this one",
    leaf('name', 'the network namespace: `self` is this one; the host’s own name unless told'),
  ),
  interfaces: required(
    named(
      'one for each link, by the link’s name',
      'a link',
      section('a TUN device on a link', HOST_INTERFACE_KEYS),
    ),
  ),
};
