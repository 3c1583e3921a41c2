import { release } from 'node:os';
import { faultOfUdp } from './kernel-release.js';
import type { OffloadWish } from './port.js';

/** What is known of the offload of a device. */
export interface OffloadState {
  readonly wish: OffloadWish;
  /** Whether there is a virtio-net header, without which there is none. */
  readonly hasHeader: boolean;
  /** What the device agreed to. */
  readonly reads: 'nothing' | 'tcp' | 'all';
  readonly takesTcp: boolean;
  /** The protocols of which the kernel has refused segments since. */
  readonly refused: readonly string[];
}

/** Why a device does not do all, for a person; `choice` is the value of `TUNPIKE_OFFLOAD`. */
export const whyNotMore = (
  { wish, hasHeader, reads, takesTcp, refused }: OffloadState,
  choice = process.env.TUNPIKE_OFFLOAD,
  kernel = release(),
): string => {
  if (refused.length > 0) return `the kernel has refused legal segments of ${refused.join(' and ')}`;
  if (wish === 'off') return ofWish(wish, choice, kernel);
  if (!hasHeader) return 'only the native back end has it';
  if (reads === 'nothing') return `Linux ${kernel} has none`;
  if (!takesTcp) return `Linux ${kernel} refuses legal segments of TCP`;
  if (wish === 'tcp') return ofWish(wish, choice, kernel);
  return reads === 'tcp'
    ? `that of UDP needs Linux 6.2, and this is ${kernel}`
    : `Linux ${kernel} refuses legal segments of UDP`;
};

const ofWish = (wish: OffloadWish, choice: string | undefined, kernel: string): string => {
  const fault = faultOfUdp(kernel);
  if (choice === wish) return `TUNPIKE_OFFLOAD=${choice}`;
  return wish === 'tcp' && fault !== undefined
    ? `Linux ${kernel} ${fault} segments of UDP`
    : `${wish} is asked for`;
};
