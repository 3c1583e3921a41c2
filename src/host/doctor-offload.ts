import { isBefore } from '../tun/kernel-release.js';
import { offloadWish } from '../tun/offload.js';
import type { KernelBackend } from '../tun/open-port.js';
import type { Offload, OffloadWish } from '../tun/port.js';
import { bad, type Check, good } from './doctor-check.js';

const NAME = 'offload';

/** What decides whether super-datagrams are read and written. */
export interface OffloadFacts {
  /** By which `up` opens devices; undefined where it cannot. */
  readonly backend: KernelBackend | undefined;
  /** The value of `TUNPIKE_OFFLOAD`. */
  readonly choice: string | undefined;
  /** As `uname -r` says it. */
  readonly release: string;
  /** What a device does of such a wish; throws where that cannot be tried. */
  readonly probe: (wish: OffloadWish) => readonly Offload[];
}

/** What `up` asks of devices; `off` where nothing can be asked, or the wish is none. */
export const wishInForce = ({
  backend,
  choice,
  release,
}: Pick<OffloadFacts, 'backend' | 'choice' | 'release'>): OffloadWish => {
  try {
    return backend === 'native' ? offloadWish(choice, release) : 'off';
  } catch {
    return 'off';
  }
};

/** What of TCP and UDP the devices of a lab take many datagrams at once, and why not more. */
export function offloadCheck(facts: OffloadFacts): Check {
  const { backend, choice, probe, release } = facts;
  let wish: OffloadWish;
  try {
    wish = offloadWish(choice, release);
  } catch (error) {
    return bad(NAME, error instanceof Error ? error.message : String(error), 'unset TUNPIKE_OFFLOAD');
  }
  const isSaid = choice !== undefined && choice !== '';
  if (backend !== 'native') return good(NAME, 'none: only the native TUN backend has it', true);
  if (wish === 'off') return good(NAME, 'off, as TUNPIKE_OFFLOAD says', true);
  let names: readonly Offload[];
  try {
    names = probe(wish);
  } catch {
    return good(NAME, `${wish} is asked for; what the kernel takes can be tried by root only`, true);
  }
  const found = names.length === 0 ? 'nothing' : names.join(', ');
  return (
    missingCheck(wish, names, facts) ?? good(NAME, `${found}${isSaid ? ' (TUNPIKE_OFFLOAD)' : ''}`, true)
  );
}

/** What the kernel does not do of what is asked for; undefined where it does all. */
function missingCheck(
  wish: OffloadWish,
  names: readonly Offload[],
  { release }: OffloadFacts,
): Check | undefined {
  const fix = `export TUNPIKE_OFFLOAD=${names.includes('tcp-segmentation') ? 'tcp' : 'off'}, or another kernel`;
  if (!names.includes('checksum'))
    return bad(
      NAME,
      `Linux ${release} refuses all of it: each datagram is read and written by itself`,
      fix,
      true,
    );
  if (!names.includes('tcp-segmentation'))
    return bad(
      NAME,
      `Linux ${release} refuses legal segments of TCP, as some of 2024 do: they are made here, which is slower`,
      fix,
      true,
    );
  if (wish !== 'all' || names.includes('udp-segmentation')) return undefined;
  if (isBefore(release, [6, 2, 0]))
    return good(NAME, `${names.join(', ')}; that of UDP needs Linux 6.2, and this is ${release}`, true);
  return bad(
    NAME,
    `Linux ${release} refuses legal segments of UDP, as some of 2024 do: each datagram is written by itself`,
    fix,
    true,
  );
}
