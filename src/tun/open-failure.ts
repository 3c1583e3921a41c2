import { statSync } from 'node:fs';
import { Failure } from '../failure.js';
import { isName, LONGEST_DEVICE } from '../name.js';
import { type IpProgram, ipProgram } from './ip-program.js';
import type { PortOptions } from './port.js';

type Where = Pick<PortOptions, 'device' | 'namespace'>;

/** Refuses a name that the kernel would cut, or that would mean something to another program; it may hold one `%d`. */
export function checkDeviceName(device: string): void {
  const fault = nameFault(device);
  if (fault === undefined) return;
  const fix = `Choose a name of 1 to ${LONGEST_DEVICE} letters, digits, "-", "_" and ".", beginning with a letter or a digit.`;
  throw new Failure(4, `${JSON.stringify(device)} cannot be the name of a TUN device: ${fault}`, fix);
}

function nameFault(device: string): string | undefined {
  const length = Buffer.byteLength(device);
  if (length === 0) return 'it is empty';
  if (length > LONGEST_DEVICE) return `it has ${length} octets`;
  if (isName(device.replace('%d', '0'))) return undefined;
  const character = /[^A-Za-z0-9_.-]/.exec(device)?.[0];
  return character === undefined
    ? `it begins with ${JSON.stringify(device[0])}`
    : `it contains ${JSON.stringify(character)}`;
}

/**
 * Explains an error from opening a device, with the fix.
 *
 * The kernel reports EINVAL for four different causes, so the existing device is examined.
 */
export function openFailure(where: Where, error: NodeJS.ErrnoException, ip: IpProgram = ipProgram): Failure {
  const { device, namespace } = where;
  switch (`${error.syscall}: ${error.code}`) {
    case 'open: ENOENT':
      return new Failure(
        4,
        '/dev/net/tun does not exist',
        'Load the driver: modprobe tun. In a container pass --device /dev/net/tun. ' +
          'Without either: mkdir -p /dev/net && mknod /dev/net/tun c 10 200',
      );
    case 'open: ENODEV':
    case 'open: ENXIO':
      return new Failure(
        4,
        'the kernel has no TUN driver',
        'Load it: modprobe tun (CONFIG_TUN in a kernel of your own).',
      );
    case 'open: EACCES':
    case 'open: EPERM':
      return new Failure(
        4,
        'no permission to read and write /dev/net/tun',
        'Run as root, or have an administrator run: chmod 0666 /dev/net/tun (in a container: --device /dev/net/tun)',
      );
    case 'TUNSETIFF: EPERM':
      return new Failure(
        4,
        `no permission to create or open the device ${device}: this needs CAP_NET_ADMIN${ownedBy(where, ip)}`,
        `Run as root, or have root create the device once: ip tuntap add dev ${device} mode tun user $USER`,
      );
    case 'TUNSETIFF: EBUSY':
      return new Failure(
        6,
        `the device ${device} is in use by another process`,
        'Stop it (a second router?), or choose another device name.',
      );
    case 'TUNSETIFF: EINVAL':
      return new Failure(
        6,
        `${device} exists and is ${kindOf(where, ip) ?? 'not a single-queue TUN device'}`,
        `Choose another device name, or remove it: ip link del ${device}`,
      );
    case 'open namespace: ENOENT':
      return new Failure(
        4,
        `the network namespace ${namespace} does not exist`,
        `Create it: ip netns add ${namespace?.split('/').at(-1)}`,
      );
    case 'open namespace: EACCES':
      return new Failure(4, `no permission to open the network namespace ${namespace}`, 'Run as root.');
    case 'setns: EINVAL':
      return new Failure(
        4,
        `${namespace} is not a network namespace`,
        isFolder(namespace)
          ? `It is a directory: rmdir ${namespace}`
          : 'It may be a leftover file: ip netns del, then ip netns add.',
      );
    case 'setns: EPERM':
      return new Failure(
        4,
        `no permission to enter the network namespace ${namespace}: this needs CAP_SYS_ADMIN`,
        'Run as root, or as root of the user namespace that owns it (unshare -Urn).',
      );
    default:
      return new Failure(4, `cannot open the TUN device ${device}: ${error.message}`);
  }
}

const isFolder = (path: string | undefined): boolean =>
  path !== undefined && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

interface LinkDescription {
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: {
      readonly type?: string;
      readonly user?: string;
      readonly multi_queue?: boolean;
      readonly vnet_hdr?: boolean;
    };
  };
}

/** What kind of unsuitable device it is; undefined if unknown. */
function kindOf(where: Where, ip: IpProgram): string | undefined {
  const info = describe(where, ip)?.linkinfo;
  if (info === undefined) return where.device === 'lo' ? 'the loopback interface' : undefined;
  if (info.info_kind !== 'tun') return `a ${info.info_kind} interface, not a TUN device`;
  if (info.info_data?.type === 'tap') return 'a TAP device, not a TUN device';
  return info.info_data?.multi_queue === true ? 'a multi-queue TUN device' : undefined;
}

function ownedBy(where: Where, ip: IpProgram): string {
  const user = describe(where, ip)?.linkinfo?.info_data?.user;
  return user === undefined ? '' : ` (it belongs to the user ${user})`;
}

function describe({ device, namespace }: Where, ip: IpProgram): LinkDescription | undefined {
  try {
    const links = JSON.parse(ip(['-j', '-d', 'link', 'show', 'dev', device], namespace)) as LinkDescription[];
    return links[0];
  } catch {
    return undefined;
  }
}
