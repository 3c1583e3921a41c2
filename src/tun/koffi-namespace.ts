import { closeSync, openSync } from 'node:fs';
import type { NamespaceHandle } from './kernel.js';
import type { Calls } from './koffi-calls.js';

/** Calls in a namespace, synchronously, and comes back whatever happens. */
export function visit<Result>(calls: Calls, namespace: NamespaceHandle, body: () => Result): Result {
  if (namespace === undefined) return body();
  const here = openSync('/proc/thread-self/ns/net', 'r');
  try {
    calls.setns(namespace);
    try {
      return body();
    } finally {
      comeBack(calls, here);
    }
  } finally {
    closeSync(here);
  }
}

/** A process that cannot come back would do everything else in a stranger's namespace: better none at all. */
export function comeBack(calls: Calls, here: number): void {
  try {
    calls.setns(here);
  } catch {
    process.abort();
  }
}
