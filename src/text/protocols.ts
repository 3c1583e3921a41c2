import { type Fault, fault } from './fault.js';

/** The protocols that are written by name. */
export const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['icmp', 1],
  ['igmp', 2],
  ['tcp', 6],
  ['udp', 17],
]);

/** An IP protocol by name or number: `tcp`, `47`. */
export const parseProtocol = (text: string): number | Fault => {
  const number = PROTOCOLS.get(text) ?? (/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN);
  if (number <= 255) return number;
  return fault(
    Number.isNaN(number) ? 'E-TYPE' : 'E-RANGE',
    `\`${text.slice(0, 40)}\` is not a protocol`,
    `write ${[...PROTOCOLS.keys()].join(', ')}, or a number from 0 to 255`,
  );
};

/** Whether the datagrams of a protocol have ports, as far as filters know. */
export const hasPorts = (protocol: number): boolean => protocol === 6 || protocol === 17;

/** The name of a protocol, or its number if it has no name here. */
export const formatProtocol = (protocol: number): string => protocolName(protocol) ?? `${protocol}`;

/** The name of a protocol; undefined if it has none here. */
export const protocolName = (protocol: number): string | undefined => {
  for (const [name, number] of PROTOCOLS) if (number === protocol) return name;
  return undefined;
};
