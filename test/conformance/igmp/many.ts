import { formatAddress } from '../../../src/address.js';
import type { Dut } from '../target.js';

export const many = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => formatAddress(first + at));

export const FIRST_GROUP = 0xef020000;

export const groupCountFault =
  (wanted: number) =>
  ({ igmp }: Dut): string | undefined => {
    const { size } = igmp(0).memberships.groups;
    return size === wanted ? undefined : `${size} groups instead of ${wanted}`;
  };
