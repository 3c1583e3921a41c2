import { getSystemErrorName } from 'node:util';
import { EBADFD } from './descriptor.js';

/** An error of a system call, in the shape of Node's own. */
export function systemError(errno: number, syscall: string): NodeJS.ErrnoException {
  const code = errno === EBADFD ? 'EBADFD' : getSystemErrorName(-errno);
  return Object.assign(new Error(`${syscall}: ${code}`), { code, errno: -errno, syscall });
}

export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;
