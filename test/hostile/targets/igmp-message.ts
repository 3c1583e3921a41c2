import { decodeFloat, encodeFloat } from '../../../src/igmp/float-code.js';
import * as igmp from '../../../src/igmp/message.js';
import { queryDatagram, type ReportRecord, reportDatagrams } from '../../../src/igmp/write.js';
import * as ipv4 from '../../../src/ip/header.js';
import { seconds } from '../../../src/time.js';
import { guarded } from '../guard.js';
import { writeMessageChecksum } from '../igmp/messages.js';
import { senderAt } from '../igmp/sender.js';
import type { Target } from '../target.js';
import { insist } from '../visit.js';

const OWN = 0xc000_0201;
const WHOLE = 65_535;

/** The octets are a message, as it is and with a right checksum: what passes is read in full, and written again. */
export const igmpMessage: Target = {
  name: 'igmp-message',
  run: (octets) => {
    read(octets);
    const mended = octets.slice();
    writeMessageChecksum(mended);
    read(mended);
  },
  seeds: [
    [0x11, 0, 0, 0, 0, 0, 0, 0],
    [0x11, 100, 0, 0, 239, 1, 1, 1],
    [0x11, 0x9f, 0, 0, 239, 1, 1, 1, 0x0a, 0x8f, 0, 1, 10, 0, 0, 1, 9, 9],
    [0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 239, 1, 1, 1],
    [
      0x22, 0, 0, 0, 0, 0, 0, 2, 3, 1, 0, 2, 239, 1, 1, 1, 10, 0, 0, 1, 10, 0, 0, 2, 7, 7, 7, 7, 6, 0, 0, 1,
      232, 1, 1, 1, 10, 0, 0, 3,
    ],
    [0x12, 0, 0, 0, 239, 1, 1, 1],
    [0x16, 0, 0, 0, 239, 1, 1, 1, 1, 2],
    [0x17, 0, 0, 0, 239, 1, 1, 1],
  ].map((seed) => Uint8Array.from(seed)),
  longest: 120,
  words: [
    [0x22, 0, 0, 0, 0, 0, 0, 1],
    [1, 0, 0, 0, 239, 1, 1, 1],
    [4, 0, 0, 1, 239, 1, 1, 1, 10, 0, 0, 1],
    [5, 1, 0, 0, 239, 1, 1, 1],
    [0, 3],
  ].map((word) => Uint8Array.from(word)),
};

const read = (octets: Uint8Array): void => {
  const message = guarded(octets);
  if (igmp.validate(message) !== undefined) return;
  insist(igmp.nameOf(message).length > 0 && igmp.group(message) >= 0, 'what is valid has a name', octets);
  if (igmp.type(message) === igmp.MEMBERSHIP_QUERY) readQuery(message, octets);
  if (igmp.type(message) === igmp.V3_REPORT) readReport(message, octets);
};

const readQuery = (query: Uint8Array, octets: Uint8Array): void => {
  const version = igmp.queryVersion(query);
  const maxResponse = igmp.maxResponse(query);
  insist(maxResponse >= 0 && maxResponse <= 3_174_400, `an answer within ${maxResponse} ms`, octets);
  const sources = version === 3 ? igmp.sources(query) : [];
  if (version === 3) {
    const wanted = igmp.V3_QUERY_LENGTH + 4 * sources.length;
    insist(
      sources.length === igmp.sourceCount(query) && wanted <= octets.length,
      'all sources are there',
      octets,
    );
    for (const code of [octets[1]!, octets[9]!])
      insist(encodeFloat(decodeFloat(code)) === code, `the code ${code} stands for itself`, octets);
  }
  const group = igmp.isGeneralQuery(query) ? 0 : igmp.group(query);
  const isSuppressed = version === 3 && igmp.isSuppressed(query);
  const robustness = version === 3 ? igmp.robustness(query) : 2;
  const queryInterval = version === 3 ? igmp.queryInterval(query) : seconds(125);
  const variables = { robustness, queryInterval };
  const again = messageOf(
    queryDatagram(version, { group, sources, maxResponse, isSuppressed }, variables, senderAt(OWN)),
  );
  insist(
    igmp.validate(again) === undefined && igmp.queryVersion(again) === version,
    'it is written again',
    octets,
  );
  insist(igmp.group(again) === group, 'with its group', octets);
  // Code 0 is never written.
  const isSooner = maxResponse > 0 && igmp.maxResponse(again) !== maxResponse;
  insist(version === 1 || !isSooner, 'with its time', octets);
  if (version < 3) return;
  insist(
    igmp.isSuppressed(again) === isSuppressed && igmp.robustness(again) === robustness,
    'with its flags',
    octets,
  );
  insist(queryInterval === 0 || igmp.queryInterval(again) === queryInterval, 'with its interval', octets);
  insist(same(igmp.sources(again), sources), 'with its sources', octets);
};

const readReport = (report: Uint8Array, octets: Uint8Array): void => {
  const offsets = [...igmp.recordOffsets(report)];
  insist(offsets.length === igmp.recordCount(report), 'as many records as it says', octets);
  let end = igmp.V3_REPORT_LENGTH;
  const records: ReportRecord[] = [];
  for (const at of offsets) {
    insist(at === end, 'a record begins where the one before ends', octets);
    end = at + igmp.recordLength(report, at);
    const type = igmp.recordType(report, at);
    const sources = igmp.recordSources(report, at);
    insist(sources.length === igmp.recordSourceCount(report, at), 'as many sources as it says', octets);
    if (type !== undefined) records.push({ type, group: igmp.recordGroup(report, at), sources });
  }
  insist(end <= octets.length, 'the records end within the message', octets);
  const whole = reportDatagrams(records, senderAt(OWN), WHOLE).map(messageOf);
  insist(
    same(whole.flatMap(textsOf), records.map(textOf)),
    'the records are written again, in order',
    octets,
  );
  for (const mtu of [68, 100]) insistOnPieces(records, mtu, octets);
};

/** Cut to an MTU nothing that is asked for is lost, and the order stays. */
const insistOnPieces = (records: readonly ReportRecord[], mtu: number, octets: Uint8Array): void => {
  const datagrams = reportDatagrams(records, senderAt(OWN), mtu);
  for (const each of datagrams) insist(each.length <= mtu, `${each.length} octets fit into ${mtu}`, octets);
  const pieces = datagrams.map(messageOf).flatMap((each) => {
    insist(igmp.validate(each) === undefined, 'a piece of a report is a report', octets);
    return [...igmp.recordOffsets(each)].flatMap((at) =>
      igmp.recordSources(each, at).map((source) => `${igmp.recordGroup(each, at)} ${source}`),
    );
  });
  const asked = records
    .filter(({ type }) => type !== 'is-ex' && type !== 'to-ex')
    .flatMap(({ group, sources }) => sources.map((source) => `${group} ${source}`));
  const said = new Set(pieces);
  insist(
    asked.every((each) => said.has(each)),
    'no source that is asked for is left out',
    octets,
  );
};

const messageOf = (datagram: Uint8Array): Uint8Array =>
  guarded(datagram.subarray(ipv4.headerLength(datagram)));
const textOf = ({ type, group, sources }: ReportRecord): string => `${type} ${group} ${sources}`;
const textsOf = (report: Uint8Array): string[] =>
  [...igmp.recordOffsets(report)].map(
    (at) =>
      `${igmp.recordType(report, at)} ${igmp.recordGroup(report, at)} ${igmp.recordSources(report, at)}`,
  );
const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((each, at) => each === b[at]);
