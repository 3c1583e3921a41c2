import { formatAddress } from '../../../src/address.js';
import type { Dut } from '../target.js';

/** So many addresses from a given one on. */
export const many = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => formatAddress(first + at));

/** 239.2.0.0. */
export const FIRST_GROUP = 0xef020000;

/** Says what is wrong unless port 0 has so many groups. */
export const groupCountFault =
  (wanted: number) =>
  ({ igmp }: Dut): string | undefined => {
    const { size } = igmp(0).memberships.groups;
    return size === wanted ? undefined : `${size} groups instead of ${wanted}`;
  };
