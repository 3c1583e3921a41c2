import { loadAddon } from '../tun/addon.js';
import { faultOfUdp, isBefore } from '../tun/kernel-release.js';
import { type KernelBackend, selectBackends } from '../tun/open-port.js';
import type { OffloadWish } from '../tun/port.js';
import { canLowerPrivileges } from '../tun/privileges.js';
import { bad, type Check, good } from './doctor-check.js';

const NATIVE_FIX = 'sudo apt-get install gcc libc6-dev && npm rebuild';

/** What can be loaded to reach TUN devices. */
export interface Backends {
  /** Why the native TUN part cannot be; undefined where it can. */
  readonly nativeFault: string | undefined;
  readonly hasKoffi: boolean;
  /** The value of `TUNPIKE_TUN`. */
  readonly choice: string | undefined;
}

/** By which back end `up` would open devices: the first of those chosen that can be loaded; undefined if none can. */
export function backendInUse({ nativeFault, hasKoffi, choice }: Backends): KernelBackend | undefined {
  try {
    const chosen = selectBackends(choice);
    if (chosen.includes('native') && nativeFault === undefined) return 'native';
    if (chosen.includes('koffi') && hasKoffi) return 'koffi';
    return chosen[0] === 'tuntap2' ? 'tuntap2' : undefined;
  } catch {
    return undefined;
  }
}

export function backendCheck(backends: Backends): Check {
  const name = 'TUN backend';
  const { nativeFault, choice } = backends;
  try {
    selectBackends(choice);
  } catch (error) {
    return bad(name, error instanceof Error ? error.message : String(error), 'unset TUNPIKE_TUN');
  }
  switch (backendInUse(backends)) {
    case 'native':
      return good(name, 'native');
    case 'koffi':
      return good(
        name,
        nativeFault === undefined
          ? 'koffi, as TUNPIKE_TUN says'
          : `koffi, which needs no compiler; the native one is faster (${NATIVE_FIX})`,
      );
    case 'tuntap2':
      return good(name, 'tuntap2, as TUNPIKE_TUN says: by far the slowest');
    default:
      return nativeFault === undefined
        ? bad(name, `TUNPIKE_TUN=${choice} cannot be loaded`, 'unset TUNPIKE_TUN')
        : bad(name, nativeFault, NATIVE_FIX);
  }
}

/** Whether a lab gives up what it does not need of root's power. */
export function privilegesCheck(nativeFault: string | undefined): Check {
  const name = 'privileges of a lab';
  if (nativeFault === undefined && canLowerPrivileges())
    return good(name, 'given up at the start, but for CAP_NET_ADMIN and CAP_SYS_ADMIN', true);
  return bad(
    name,
    'kept while it runs: only the native TUN part can give them up',
    nativeFault === undefined ? 'unset TUNPIKE_TUN' : NATIVE_FIX,
    true,
  );
}

/** What decides whether bursts are written by io_uring. */
export interface RingFacts {
  /** Whether the kernel gave us one; undefined without the native back end. */
  readonly hasRing: boolean | undefined;
  /** The value of `TUNPIKE_IO_URING`. */
  readonly wish: string | undefined;
  /** The value of /proc/sys/kernel/io_uring_disabled, where there is one. */
  readonly disabled: string | undefined;
  /** As `uname -r` says it. */
  readonly release: string;
}

/** Source: io_uring_setup(2); kernel.io_uring_disabled in the kernel's admin-guide/sysctl/kernel. */
export function ringCheck({ hasRing, wish, disabled, release }: RingFacts): Check {
  const name = 'io_uring';
  const without = 'bursts are written one write(2) a datagram, a fifth more work';
  if (hasRing === true) return good(name, 'there: bursts are written by one system call', true);
  if (hasRing === undefined) return good(name, `not used: only the native TUN backend can; ${without}`, true);
  if (wish === 'off')
    return bad(name, `off, as TUNPIKE_IO_URING says; ${without}`, 'unset TUNPIKE_IO_URING', true);
  if (disabled !== undefined && disabled.trim() !== '0')
    return bad(
      name,
      `forbidden by kernel.io_uring_disabled=${disabled.trim()}; ${without}`,
      'sudo sysctl -w kernel.io_uring_disabled=0',
      true,
    );
  return isBefore(release, [5, 17, 0])
    ? bad(name, `Linux ${release} has none that is new enough; ${without}`, 'a kernel from 5.17 on', true)
    : bad(
        name,
        `the kernel refuses it here, as many containers do; ${without}`,
        'in a container: a seccomp profile that allows io_uring_setup, such as --security-opt seccomp=unconfined',
        true,
      );
}

/** The ring of this thread, where the native back end is used. */
export function hasRing(backend: KernelBackend | undefined): boolean | undefined {
  return backend === 'native' ? loadAddon().hasRing() : undefined;
}

/** Faults of kernels with segmentation offload, as they are known; `wish` is what `up` asks of its devices. */
export function kernelCheck(release: string, wish: OffloadWish): Check {
  const name = 'kernel';
  const fault = faultOfUdp(release);
  if (fault === undefined) return good(name, `Linux ${release}`, true);
  if (wish !== 'all')
    return good(name, `Linux ${release}; its faults of UDP offload do not matter, which is not used`, true);
  return fault === 'mangles'
    ? bad(
        name,
        `Linux ${release} mangles segmented UDP towards some network cards (7.0.0 to 7.1.4)`,
        'export TUNPIKE_OFFLOAD=tcp, or a kernel from 7.1.5 on',
        true,
      )
    : good(
        name,
        `Linux ${release}; it loses coalesced UDP that VXLAN or Geneve receives: TUNPIKE_OFFLOAD=tcp where hosts use these`,
        true,
      );
}
