import * as ipv4 from '../../../src/ip/header.js';
import type { Output } from '../case.js';

/** Says what is wrong where outputs that belong together, by their key, left by different ports. */
export const splitFault = (
  outputs: readonly Output[],
  keyOf: (octets: Uint8Array) => string | number,
): string | undefined => {
  const ways = new Map<string | number, number>();
  let astray = 0;
  for (const { on, octets } of outputs) {
    const key = keyOf(octets);
    const way = ways.get(key);
    if (way === undefined) ways.set(key, on);
    else if (way !== on) astray += 1;
  }
  return astray === 0
    ? undefined
    : `${astray} of ${outputs.length} left by another port than the first of their flow`;
};

/** Says what is wrong unless so many came out, and every one of these ports was used. */
export const spreadFault = (
  outputs: readonly Output[],
  count: number,
  ports: readonly number[],
): string | undefined => {
  if (outputs.length !== count) return `${outputs.length} came out instead of ${count}`;
  const unused = ports.filter((port) => !outputs.some(({ on }) => on === port));
  return unused.length === 0 ? undefined : `nothing left by port ${unused.join(', ')}`;
};

/** Says what is wrong where the ratio of what left by two ports is off by more than 15 %. */
export const ratioFault = (
  outputs: readonly Output[],
  [first, second]: readonly [number, number],
  ratio: number,
): string | undefined => {
  const count = (port: number): number => outputs.filter(({ on }) => on === port).length;
  const found = count(first) / count(second);
  return Math.abs(found / ratio - 1) <= 0.15
    ? undefined
    : `${count(first)} to ${count(second)}, which is ${found.toFixed(2)}`;
};

/** Says what is wrong where pieces are not a datagram's fragments in order, each within an MTU. */
export const fragmentFault = (
  outputs: readonly Output[],
  whole: Uint8Array,
  mtu: number,
): string | undefined => {
  const payload = whole.subarray(ipv4.headerLength(whole));
  let at = 0;
  for (const [index, { octets }] of outputs.entries()) {
    const piece = octets.subarray(ipv4.headerLength(octets));
    if (octets.length > mtu) return `a fragment of ${octets.length} octets`;
    if (ipv4.identification(octets) !== ipv4.identification(whole)) return 'another identification';
    if (ipv4.fragmentOffset(octets) !== at) return `offset ${ipv4.fragmentOffset(octets)} instead of ${at}`;
    if (ipv4.hasMoreFragments(octets) !== index < outputs.length - 1)
      return `a wrong MF in fragment ${index}`;
    if (piece.some((octet, place) => octet !== payload[at + place]))
      return `another payload in fragment ${index}`;
    at += piece.length;
  }
  return at === payload.length ? undefined : `${at} octets of payload instead of ${payload.length}`;
};

/** The types of the options of a datagram that are more than one octet long, in order. */
export const optionTypes = (octets: Uint8Array): number[] => {
  const types: number[] = [];
  const end = ipv4.headerLength(octets);
  for (let at = ipv4.OPTIONS_AT; at < end && octets[at] !== 0; ) {
    const isSingle = octets[at] === 1;
    if (!isSingle) types.push(octets[at]!);
    at += isSingle ? 1 : Math.max(2, octets[at + 1] ?? 2);
  }
  return types;
};
