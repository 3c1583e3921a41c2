import { readFileSync } from 'node:fs';

/** Bit numbers in the kernel's capability sets. Source: capability.h. */
export const CAP_CHOWN = 0;
export const CAP_DAC_OVERRIDE = 1;
export const CAP_DAC_READ_SEARCH = 2;
export const CAP_NET_ADMIN = 12;
export const CAP_SYS_ADMIN = 21;

/** Whether this process has one in force; not where /proc does not say. */
export const holdsCapability = (bit: number): boolean => {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(ownStatus())?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> BigInt(bit)) & 1n) === 1n;
};

const ownStatus = (): string => {
  try {
    return readFileSync('/proc/self/status', 'latin1');
  } catch {
    return '';
  }
};
