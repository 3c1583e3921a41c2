import type { ProblemCode } from '../text/fault.js';

/** What each code of a configuration problem means, and how to mend it. */
export const PROBLEM_CODES: Readonly<Record<ProblemCode, string>> = {
  'E-YAML':
    'the file is not YAML 1.2, or holds something else than keys and values. Mend it where the marker points.',
  'E-KEY': 'a key that does not exist here, or one that is missing. The fix names the nearest key there is.',
  'E-TYPE': 'a value of the wrong kind, for example text where a list is needed.',
  'E-UNIT':
    'a quantity without its unit, or with one that does not fit: durations take ms s m h (15ms), rates kbit mbit gbit, sizes B kB MB, loss %.',
  'E-ADDRESS':
    'no IPv4 address. Write four decimal parts without leading zeros: 192.0.2.1, not 10.1, 0x7f.1 or 010.0.0.1.',
  'E-HOSTBITS': 'a prefix whose host part is not zero. Write the network: 192.0.2.0/24, not 192.0.2.1/24.',
  'E-REF': 'a name that nothing has: a link, router, host or interface that is not in this file.',
  'E-NEXTHOP':
    'a next hop that is on none of the router’s links, or is the router itself. Give an address of a directly connected subnet.',
  'E-OVERLAP':
    'subnets of one router overlap, so that a destination would have two directly connected places.',
  'E-DUPLICATE': 'the same key, name, address or device twice. Each may stand once.',
  'E-IFNAMSIZ':
    'a device name that the kernel does not take: 1 to 15 octets, without spaces, slashes and colons.',
  'E-MTU': 'an MTU that IPv4 does not allow, or the kernel: 68 to 65535.',
  'E-RANGE': 'a number outside of what is allowed here; the message says the range.',
  'E-MCAST': 'a group address where a host’s address is needed, or the other way round.',
  'E-GATEWAY':
    'a link with several routers needs `gateway:`, the router that gets the hosts’ off-link datagrams.',
  'W-SAMENS':
    'two hosts in one network namespace: the kernel delivers between them through `lo`, and no datagram reaches a router.',
  'W-MTU': 'an MTU below what many programs take for granted, so that they may fail in unexpected ways.',
  'W-UNUSED':
    'something that has no effect or leads nowhere, for example a link without attachments or a next hop that nobody owns.',
  'W-RANGE': 'a number that is allowed, but that an RFC advises against; the message says why.',
};
