import { ALL_SYSTEMS } from '../../../src/address.js';
import * as igmp from '../../../src/igmp/message.js';
import * as ipv4 from '../../../src/ip/header.js';
import { writeUint32 } from '../../../src/ip/octets.js';
import { writeMessageChecksum } from './messages.js';
import type { Place } from './place.js';

/**
 * Takes from a forged query what nobody can stand: the RFC has routers believe a query that members do not hear
 * because it goes elsewhere, and one that lets them answer later than the router waits.
 *
 * Source: RFC 9776 §4.1.12, §6.6.1.
 */
export const fair = (octets: Uint8Array, { member, universe }: Place): Uint8Array => {
  if (octets.length < 28 || ipv4.protocol(octets) !== ipv4.PROTOCOL_IGMP) return octets;
  const start = ipv4.headerLength(octets);
  const message = octets.subarray(start, ipv4.totalLength(octets));
  if (octets.length < start + igmp.SHORT_LENGTH || igmp.validate(message) !== undefined) return octets;
  if (igmp.type(message) !== igmp.MEMBERSHIP_QUERY) return octets;
  const group = igmp.group(message);
  const isGeneral = igmp.isGeneralQuery(message);
  if (!isGeneral && !member.wishes.some((each) => each.group === group)) return octets;
  const mayElect = isGeneral && (universe.router === 0 || ipv4.source(octets) < universe.router);
  writeUint32(octets, 16, isGeneral ? ALL_SYSTEMS : group);
  ipv4.writeChecksum(octets);
  const most = isGeneral ? 100 : 10;
  if (igmp.queryVersion(message) > 1 && (mayElect || !isGeneral) && message[1]! > most) {
    message[1] = most;
    writeMessageChecksum(message);
  }
  return octets;
};
