import type { Kernel } from './kernel.js';
import { koffiKernel } from './koffi-kernel.js';
import { nativeKernel } from './native-kernel.js';

const opened = new Map<string, Kernel>();

/**
 * The kernel by the first back end that this machine has: our addon, or koffi.
 *
 * `TUNPIKE_TUN=koffi` asks for koffi. Throws a `Failure` (4) that says what mends it.
 */
export async function openKernel(choice = process.env.TUNPIKE_TUN): Promise<Kernel> {
  const key = choice === 'koffi' ? choice : 'any';
  const kernel = opened.get(key) ?? (await load(choice));
  opened.set(key, kernel);
  return kernel;
}

async function load(choice: string | undefined): Promise<Kernel> {
  let fault: unknown;
  if (choice !== 'koffi') {
    try {
      return nativeKernel();
    } catch (error) {
      fault = error;
    }
  }
  try {
    return await koffiKernel();
  } catch (error) {
    throw fault ?? error;
  }
}
