import type { ProblemCode } from '../text/fault.js';

/** What each code of a configuration problem means, and how to fix it. */
export const PROBLEM_CODES: Readonly<Record<ProblemCode, string>> = {
  'E-YAML':
    'the file is not valid YAML 1.2, or not a mapping of keys to values. Correct it where the marker points.',
  'E-KEY': 'a key is unknown, or a required one is missing. The fix names the nearest known key.',
  'E-TYPE': 'a value of the wrong type, for example text instead of a list.',
  'E-UNIT':
    'a quantity without a unit, or with the wrong one: durations take ms s m h (15ms), rates kbit mbit gbit, sizes B kB MB, loss %.',
  'E-ADDRESS':
    'not an IPv4 address. Write four decimal parts without leading zeros: 192.0.2.1, not 10.1, 0x7f.1 or 010.0.0.1.',
  'E-HOSTBITS': 'a prefix with host bits set. Write the network: 192.0.2.0/24, not 192.0.2.1/24.',
  'E-REF': 'a reference to a link, router, host or interface that this file does not define.',
  'E-NEXTHOP':
    'a next hop that is on none of the router’s links, or is the router itself. Give an address in a directly connected subnet.',
  'E-OVERLAP': 'overlapping subnets on one router: a destination would be directly connected twice.',
  'E-DUPLICATE': 'a key, name, address or device that appears twice; each must be unique.',
  'E-IFNAMSIZ':
    'a device name that the kernel does not accept: 1 to 15 octets, without spaces, slashes and colons.',
  'E-MTU': 'an MTU outside the range that IPv4 and the kernel allow, 68 to 65535.',
  'E-RANGE': 'a number out of range; the message gives the range.',
  'E-MCAST': 'a group address where a host address is needed, or the reverse.',
  'E-GATEWAY':
    'a link with several routers needs `gateway:`, the router that receives the hosts’ off-link datagrams.',
  'W-SAMENS':
    'two hosts in one network namespace: the kernel delivers between them through `lo`, and no datagram reaches a router.',
  'W-MTU': 'an MTU below what many programs take for granted, so that they may fail in unexpected ways.',
  'W-UNUSED':
    'something that has no effect or leads nowhere, for example a link without attachments or a next hop that nobody owns.',
  'W-RANGE': 'a number that is allowed, but that an RFC advises against; the message says why.',
};
