import { existsSync, readFileSync } from 'node:fs';

/** A program that passes over point-to-point devices, which TUN devices are. */
export interface Skipping {
  readonly program: string;
  readonly detail: string;
  /** What makes it look at them, or what to use instead. */
  readonly fix: string;
}

const AVAHI = '/etc/avahi/avahi-daemon.conf';
const GSSDP = ['/usr/bin/gssdp-discover', '/usr/bin/gssdp-device-sniffer'];

/** The programs on this machine that find no hosts behind a TUN device. */
export const programsThatSkip = (root = ''): readonly Skipping[] => {
  const found: Skipping[] = [];
  const avahi = read(`${root}${AVAHI}`);
  if (avahi !== undefined && !/^\s*allow-point-to-point\s*=\s*yes\s*$/m.test(avahi))
    found.push({
      program: 'avahi-daemon',
      detail: 'passes over TUN devices: mDNS of its hosts never gets into a lab',
      fix: `allow-point-to-point=yes under [server] in ${AVAHI}`,
    });
  if (GSSDP.some((path) => existsSync(`${root}${path}`)))
    found.push({
      program: 'gssdp',
      detail: 'refuses TUN devices, and has no setting for it',
      fix: 'use another SSDP program on the hosts of a lab',
    });
  return found;
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
