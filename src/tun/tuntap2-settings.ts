import type { IpProgram } from './ip-program.js';

/** The settings that are lost with a device, as lines for `ip -batch` that restore them. */
export interface DeviceSettings {
  readonly commands: readonly string[];
}

interface LinkDescription {
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly prefixlen: number;
  }[];
}

/** Reads MTU, IPv4 addresses, state and routes; undefined if the device is already gone. */
export function readSettings(
  ip: IpProgram,
  device: string,
  namespace: string | undefined,
): DeviceSettings | undefined {
  try {
    const shown = JSON.parse(ip(['-j', 'addr', 'show', 'dev', device], namespace)) as LinkDescription[];
    const link = shown.find((description) => description.addr_info !== undefined);
    if (link === undefined) return undefined;
    const addresses = link.addr_info
      .filter(({ family }) => family === 'inet')
      .map(({ local, prefixlen }) => `addr replace ${local}/${prefixlen} dev ${device}`);
    const isUp = link.flags.includes('UP');
    const routes = isUp ? ip(['-4', 'route', 'show', 'dev', device], namespace).split('\n') : [];
    return {
      commands: [
        `link set dev ${device} mtu ${link.mtu}`,
        ...addresses,
        ...(isUp ? [`link set dev ${device} up`] : []),
        ...routes
          .map((route) => route.replace(/\b(linkdown|dead)\b/g, '').trim())
          .filter((route) => route !== '')
          .map((route) => `route replace ${route} dev ${device}`),
      ],
    };
  } catch {
    return undefined;
  }
}

export function restoreSettings(
  ip: IpProgram,
  settings: DeviceSettings,
  device: string,
  namespace: string | undefined,
): void {
  const batch = settings.commands.join('\n');
  ip(['-force', '-batch', '-'], namespace, `${batch}\n`);
  ip(['link', 'show', 'dev', device], namespace);
}
