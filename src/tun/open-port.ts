import { Failure } from '../failure.js';
import type { Arena } from './arena.js';
import type { Driver } from './descriptor.js';
import { DescriptorPort } from './descriptor-port.js';
import { koffiDriver } from './koffi-port.js';
import { nativeDriver } from './native-port.js';
import { offloadWish } from './offload.js';
import { checkDeviceName, openFailure } from './open-failure.js';
import type { Port, PortOptions } from './port.js';
import { isSystemError } from './system-error.js';
import { openTuntap2Port } from './tuntap2-port.js';

/** A back end that a user can choose. */
export type KernelBackend = 'native' | 'koffi' | 'tuntap2';

const BACKENDS: readonly KernelBackend[] = ['native', 'koffi', 'tuntap2'];

/** The back ends to try, in order, by the value of `TUNPIKE_TUN`: one by name; all if unset or `auto`. */
export function selectBackends(choice: string | undefined): readonly KernelBackend[] {
  if (choice === undefined || choice === '' || choice === 'auto') return BACKENDS;
  const chosen = BACKENDS.filter((backend) => backend === choice);
  if (chosen.length > 0) return chosen;
  throw new Failure(
    2,
    `TUNPIKE_TUN=${choice} is not a TUN back end`,
    `Use one of: auto, ${BACKENDS.join(', ')}.`,
  );
}

/**
 * Opens a device with the first back end available on this machine; creates the device if it does not exist.
 *
 * Only if a back end cannot be loaded is the next one tried: if the kernel refuses the device, that is the
 * answer. Throws a `Failure` with the fix.
 */
export async function openPort(
  options: PortOptions,
  arena: Arena,
  backends: readonly KernelBackend[] = selectBackends(process.env.TUNPIKE_TUN),
): Promise<Port> {
  checkDeviceName(options.device);
  const faults: Failure[] = [];
  for (const backend of backends) {
    try {
      return await openBy(backend, options, arena);
    } catch (error) {
      if (!(error instanceof BackendAbsent)) throw error;
      faults.push(error.failure);
    }
  }
  if (faults.length === 1) throw faults[0]!;
  const tried = backends.map((backend, i) => `${backend}: ${faults[i]?.message}`).join('; ');
  throw new Failure(4, `no way to reach a TUN device. Tried ${tried}`, faults[0]?.fix);
}

/** Loads the driver itself, for users that need a descriptor rather than a port. */
export const loadDriver = async (backend: 'native' | 'koffi'): Promise<Driver> =>
  backend === 'native' ? nativeDriver() : koffiDriver();

async function openBy(backend: KernelBackend, options: PortOptions, arena: Arena): Promise<Port> {
  if (backend === 'tuntap2') {
    return openTuntap2Port(options).catch((error) => {
      throw isNotInstalled(error) ? new BackendAbsent(error) : error;
    });
  }
  const driver = await loadDriver(backend).catch((error) => {
    throw error instanceof Failure ? new BackendAbsent(error) : error;
  });
  try {
    return new DescriptorPort(
      driver,
      { offload: offloadWish(process.env.TUNPIKE_OFFLOAD), ...options },
      arena,
    );
  } catch (error) {
    throw isSystemError(error) ? openFailure(options, error) : error;
  }
}

/** Whether the back end is missing, rather than the device refused. */
class BackendAbsent extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

const isNotInstalled = (error: unknown): error is Failure =>
  error instanceof Failure && error.message.startsWith('tuntap2 cannot be loaded');
