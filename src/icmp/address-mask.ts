import { type Address, contains, mask, UNSPECIFIED } from '../address.js';
import type { Interface } from '../interface.js';
import { writeUint32 } from '../ip/octets.js';
import { ADDRESS_MASK_REPLY } from './message.js';
import { copyAsReply, finishReply, type ReplyAddressing } from './reply.js';

/** The length of the header and the mask. */
export const ADDRESS_MASK_LENGTH = 12;

const MASK_AT = 8;

/**
 * The mask for a host that asks on an interface, or undefined if none is certain to be right.
 *
 * A host with an address gets the mask of its subnet, or none if the interface has no such subnet. A host without one
 * asks from 0.0.0.0, and is answered only if all subnets of the interface have the same mask.
 *
 * Source: RFC 1812 §4.3.3.9.
 */
export const maskFor = (host: Address, ingress: Interface): Address | undefined => {
  const subnets = ingress.addresses
    .map(({ prefix }) => prefix)
    .filter((prefix) => host === UNSPECIFIED || contains(prefix, host));
  const [first, ...others] = subnets;
  if (first === undefined || others.some(({ length }) => length !== first.length)) return undefined;
  return mask(first.length);
};

/**
 * Answers an address mask request with this mask.
 *
 * `request` carries at least `ADDRESS_MASK_LENGTH` octets. Source: RFC 950 Appendix I.
 */
export const writeAddressMaskReply = (
  request: Uint8Array,
  addressMask: Address,
  addressing: ReplyAddressing,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const reply = copyAsReply(request, ADDRESS_MASK_REPLY, ADDRESS_MASK_LENGTH, addressing, allocate);
  const icmp = reply.length - ADDRESS_MASK_LENGTH;
  writeUint32(reply, icmp + MASK_AT, addressMask);
  return finishReply(reply, icmp);
};
