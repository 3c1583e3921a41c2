import * as ipv4 from '../../src/ip/header.js';
import { ip } from './datagram.js';

/** What one IGMP message says about one group. */
export interface Said {
  readonly from: number;
  /** As tshark writes it: the type of a record in a report of version 3, of the message (`0x11`) in all others. */
  readonly what: string;
  readonly group: number;
  readonly sources: number;
}

const QUERY = 0x11;
const V3_REPORT = 0x22;
const PROTOCOL_IGMP = 2;

/** What IGMP messages say, record by record, in the order of some datagrams. Source: RFC 9776 §4. */
export const saidIn = (datagrams: readonly Uint8Array[]): Said[] =>
  datagrams.filter((datagram) => ipv4.protocol(datagram) === PROTOCOL_IGMP).flatMap(recordsOf);

/** What somebody says. */
export const saidBy = (said: readonly Said[], address: string): Said[] =>
  said.filter(({ from }) => from === ip(address));

const recordsOf = (datagram: Uint8Array): Said[] => {
  const from = ipv4.source(datagram);
  const message = Buffer.from(datagram.subarray(ipv4.headerLength(datagram)));
  if (message[0] !== V3_REPORT) {
    const sources = message[0] === QUERY && message.length >= 12 ? message.readUInt16BE(10) : 0;
    return [{ from, what: `0x${message[0]!.toString(16)}`, group: message.readUInt32BE(4), sources }];
  }
  const said: Said[] = [];
  let at = 8;
  for (let left = message.readUInt16BE(6); left > 0; left -= 1) {
    const sources = message.readUInt16BE(at + 2);
    said.push({ from, what: String(message[at]), group: message.readUInt32BE(at + 4), sources });
    at += 8 + 4 * sources + 4 * message[at + 1]!;
  }
  return said;
};
