import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { Failure } from '../failure.js';
import type { Kernel, NamespaceHandle } from '../tun/kernel.js';
import { readMounts } from './mountinfo.js';
import { userName } from './others-states.js';
import type { NamespaceName } from './plan.js';

/** Where iproute2 keeps the namespaces that have names. */
const FOLDER = '/run/netns';
const O_TMPFILE = 0o20200000;

/** The file that stands for a namespace. */
export const namespaceFile = (namespace: string): string => `${FOLDER}/${namespace}`;

/** What is wrong with the folder of names, as root sees it, and what mends it; undefined where nothing is. */
export function namesFault(): { readonly what: string; readonly fix: string } | undefined {
  // A link that leads nowhere is there, too.
  const found = statSync(FOLDER, { throwIfNoEntry: false }) ?? lstatSync(FOLDER, { throwIfNoEntry: false });
  if (found?.isDirectory() === false)
    return { what: `${FOLDER} is no folder`, fix: `look at it, then: rm ${FOLDER}` };
  if (found === undefined || process.geteuid?.() !== 0) return undefined;
  const { uid, mode } = found;
  // A lab has given up the right to write where only others may.
  return uid === 0 && (mode & 0o300) === 0o300
    ? undefined
    : {
        what: `${FOLDER} belongs to ${userName(uid)}, and root may not write there (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`,
        fix: `chown root: ${FOLDER}; chmod 755 ${FOLDER}`,
      };
}

/** What is under the name of a namespace: one with its identity, or a mere file, by what tells it from others. */
export interface Named {
  readonly kind: 'namespace' | 'file';
  readonly identity: string;
}

/** What stands under a name; undefined where nothing does. */
export function findNamed(namespace: string): Named | undefined {
  try {
    const file = namespaceFile(namespace);
    // A link that leads nowhere has the name, too.
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false }) ?? lstatSync(file, { bigint: true });
    return stat.dev === namespaceFileSystem()
      ? { kind: 'namespace', identity: identityOf(stat) }
      : { kind: 'file', identity: `${stat.dev}:${stat.ino}` };
  } catch {
    return undefined;
  }
}

/**
 * What tells a namespace from every other that had or will have its name; undefined where there is none.
 *
 * The kernel gives the number of a removed namespace to the next one, so the time at which it got its file
 * belongs to it. It holds until the name is removed.
 */
export function namespaceIdentity(namespace: NamespaceName): string | undefined {
  if (namespace === undefined) return readlinkSync('/proc/self/ns/net');
  const named = findNamed(namespace);
  return named?.kind === 'namespace' ? named.identity : undefined;
}

/**
 * Calls with a descriptor of a namespace that is proved to be the one that is meant; undefined is our own.
 *
 * Throws a `Failure` (6) where another one has its name by now.
 */
export function inNamespace<Result>(
  namespace: NamespaceName,
  identity: string | undefined,
  body: (handle: NamespaceHandle) => Result,
): Result {
  if (namespace === undefined) return body(undefined);
  const fd = openSync(namespaceFile(namespace), 'r');
  try {
    if (identity !== undefined && identityOf(fstatSync(fd, { bigint: true })) !== identity)
      throw new Failure(6, `network namespace ${namespace} is another one by now`);
    return body(fd);
  } finally {
    closeSync(fd);
  }
}

/** Namespaces that exist and are known, but cannot be seen by anybody else yet. */
export class UnnamedNamespaces {
  readonly proofs: readonly Proof[];
  readonly #kernel: Kernel;
  readonly #fds: readonly number[];
  /** One file for all of them: what is to have the names until the namespaces themselves are found there. */
  readonly #placeholder: number;

  private constructor(kernel: Kernel, names: readonly string[], fds: readonly number[], placeholder: number) {
    this.#kernel = kernel;
    this.#fds = fds;
    this.#placeholder = placeholder;
    const { dev, ino } = fstatSync(placeholder, { bigint: true });
    this.proofs = names.map((name, i) => ({
      name,
      identity: identityOf(fstatSync(fds[i]!, { bigint: true })),
      placeholder: `${dev}:${ino}`,
    }));
  }

  /** One for each name; they end with the process, or with `close`, as long as they have none. */
  static make(kernel: Kernel, names: readonly string[]): UnnamedNamespaces {
    kernel.prepareFolder();
    const placeholder = openSync(FOLDER, O_TMPFILE | constants.O_RDWR, 0o444);
    try {
      return new UnnamedNamespaces(kernel, names, kernel.makeNamespaces(names.length), placeholder);
    } catch (error) {
      closeSync(placeholder);
      throw error;
    }
  }

  /** Throws what the kernel says of the first name that cannot be had. */
  giveNames(refused: (name: string, error: unknown) => unknown = (_, error) => error): void {
    this.proofs.forEach(({ name }, i) => {
      try {
        this.#kernel.attach(this.#fds[i]!, this.#placeholder, name);
      } catch (error) {
        throw refused(name, error);
      }
    });
  }

  /** Lets go of them: from here on their names hold them, or nothing. */
  close(): void {
    for (const fd of [...this.#fds, this.#placeholder]) closeSync(fd);
  }
}

/** What proves that a name is ours: that of its namespace, and of the file that had the name before. */
export interface NameProof {
  readonly name: string;
  readonly identity: string | null;
  readonly placeholder?: string | null | undefined;
}

/** The proof of what was just made. */
export interface Proof extends NameProof {
  readonly identity: string;
  readonly placeholder: string;
}

/** Whether what stands under a name is the very thing that was given it. */
export function isProved({ name, identity, placeholder }: NameProof): boolean {
  const named = findNamed(name);
  return named !== undefined && named.identity === (named.kind === 'namespace' ? identity : placeholder);
}

/** The processes in each of the namespaces that have these names, by their ids; see `processesOf`. */
export const processesIn = (namespaces: readonly string[]): ReadonlyMap<string, readonly number[]> =>
  processesOf(namespaces.map((name) => ({ name, identity: namespaceIdentity(name) ?? null })));

/**
 * The processes in each of the namespaces that have these identities, by their ids.
 *
 * One look at /proc, however many namespaces; those that we may not look at are not among them.
 */
export function processesOf(namespaces: readonly NameProof[]): ReadonlyMap<string, readonly number[]> {
  const names = new Map(namespaces.map(({ name, identity }) => [identity, name]));
  names.delete(null);
  const found = new Map<string, number[]>();
  if (names.size === 0) return found;
  for (const entry of processes()) {
    const name = names.get(networkOf(entry));
    if (name === undefined) continue;
    const others = found.get(name);
    if (others === undefined) found.set(name, [Number(entry)]);
    else others.push(Number(entry));
  }
  return found;
}

/**
 * What leads `nsenter` into a network namespace, `net:[INODE]`: a process in it, or where it is mounted; undefined where
 * there is neither, and it is gone for all that can be seen.
 */
export const wayInto = (namespace: string): string | undefined => {
  const process = processes().find((each) => linkOf(each) === namespace);
  if (process !== undefined) return `-t ${process} -n`;
  const mount = readMounts().find(({ root }) => root === namespace);
  return mount === undefined ? undefined : `--net=${mount.point}`;
};

/** The ids of all processes that /proc shows. */
const processes = (): readonly string[] => readdirSync('/proc').filter((each) => /^\d+$/.test(each));

const linkOf = (process: string): string | undefined => {
  try {
    return readlinkSync(`/proc/${process}/ns/net`);
  } catch {
    return undefined;
  }
};

/** The identity of the network namespace of a process; null where it has ended, or is not ours to look at. */
const networkOf = (process: string): string | null => {
  try {
    const stat = statSync(`/proc/${process}/ns/net`, { bigint: true, throwIfNoEntry: false });
    return stat?.dev === namespaceFileSystem() ? identityOf(stat) : null;
  } catch {
    return null;
  }
};

const identityOf = ({ ino, ctimeNs }: { readonly ino: bigint; readonly ctimeNs: bigint }): string =>
  `${ino}@${ctimeNs}`;

let fileSystem: bigint | undefined;

/** The number of the file system that the kernel keeps namespaces in. */
const namespaceFileSystem = (): bigint => {
  fileSystem ??= statSync('/proc/self/ns/net', { bigint: true }).dev;
  return fileSystem;
};
