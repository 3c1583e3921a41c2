import { InvalidArgumentError } from 'commander';
import { formatAddress, isMulticast } from '../address.js';
import { isIpv6, parseAddress, parseHostAddress } from '../text/addresses.js';
import { type Fault, isFault } from '../text/fault.js';
import { parseDuration, parseSize } from '../text/quantities.js';

/** A whole number from `least` to `most`. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    if (!/^\d{1,10}$/.test(text) || Number(text) < least || Number(text) > most)
      throw new InvalidArgumentError(`write a whole number from ${least} to ${most}`);
    return Number(text);
  };

/** A duration such as `200ms` or `1s`, in milliseconds. */
export const durationFlag = (text: string): number =>
  flagValue(parseDuration(text, { most: '24h', usual: 's' }));

/** A size such as `10MB`, in octets: room for more than one datagram. */
export const sizeFlag = (text: string): number => {
  const octets = flagValue(parseSize(text));
  if (octets < 100_000) throw new InvalidArgumentError('write 100kB or more');
  return octets;
};

/** The path of a file or a folder: a variable of a script that is not set names none. */
export const fileFlag = (text: string): string => {
  if (text === '') throw new InvalidArgumentError('it is empty; write the path of a file or a folder');
  return text;
};

/** Any IPv4 address. */
export const addressFlag = (text: string): string => formatAddress(flagValue(parseAddress(text)));

/** The address of a single host. */
export const hostAddressFlag = (text: string): string => formatAddress(flagValue(parseHostAddress(text)));

/** A group and a UDP port, such as `239.1.2.3:5000`. */
export const groupAndPort = (text: string): { readonly group: string; readonly port: number } => {
  const [group = '', port = '', ...rest] = text.split(':');
  const address = flagValue(parseAddress(isIpv6(text) ? text : group));
  if (!isMulticast(address))
    throw new InvalidArgumentError(
      `\`${group}\` is not a multicast group; write one in 224.0.0.0/4, such as 239.1.2.3`,
    );
  if (rest.length > 0 || port === '')
    throw new InvalidArgumentError('write a group and a port, such as 239.1.2.3:5000');
  return { group: formatAddress(address), port: wholeNumber(1, 65_535)(port) };
};

const flagValue = <Value>(value: Value | Fault): Value => {
  if (isFault(value)) throw new InvalidArgumentError(`${value.message}; ${value.fix}`);
  return value;
};
