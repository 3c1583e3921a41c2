import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Failure } from '../failure.js';
import { shellFile } from '../text/shell-word.js';
import { whyUnreadable } from './unreadable.js';

/** More octets than the longest configuration that is read may have. */
const MOST_OCTETS = 4_100_000;
const PIECE = 1 << 16;
const STDIN = 0;

/**
 * The text of a configuration file; `-` is stdin, which stays open.
 *
 * A file, a pipe or a terminal; of a longer one only so much that it is seen to be too long. Anything else, and what
 * cannot be read, is a `Failure` (3).
 */
export const readText = (file: string, stdin = STDIN): string => {
  try {
    const isStdin = file === '-';
    const descriptor = isStdin ? stdin : openSync(file, 'r');
    try {
      const isReadable = isStdin || isFileOrPipe(descriptor);
      if (!isReadable) throw new Failure(3, `cannot read ${file}: it is not a file or a pipe`);
      return Buffer.concat([...piecesOf(descriptor)]).toString('utf8');
    } finally {
      if (!isStdin) closeSync(descriptor);
    }
  } catch (error) {
    // What the system did not say is no fault of the file.
    const isOfSystem = error instanceof Error && 'syscall' in error;
    throw isOfSystem ? unreadable(file, error as NodeJS.ErrnoException) : error;
  }
};

/** What a configuration file is called in what is said of it; `-` is stdin. */
export const nameOf = (file: string): string => (file === '-' ? 'stdin' : file);

const isFileOrPipe = (descriptor: number): boolean => {
  const status = fstatSync(descriptor);
  return status.isFile() || status.isFIFO() || status.isDirectory();
};

function* piecesOf(descriptor: number): Generator<Buffer, void> {
  for (let octets = 0; octets < MOST_OCTETS; ) {
    const piece = Buffer.allocUnsafe(PIECE);
    const length = readSync(descriptor, piece, 0, PIECE, null);
    if (length === 0) return;
    octets += length;
    yield piece.subarray(0, length);
  }
}

const unreadable = (file: string, error: NodeJS.ErrnoException): Failure =>
  new Failure(
    3,
    `cannot read ${file}: ${whyUnreadable(error, file)}`,
    error.code === 'ENOENT' ? `tunpike init ${shellFile(file)}` : undefined,
  );
