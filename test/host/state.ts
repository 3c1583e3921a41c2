import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namespaceIdentity } from '../../src/host/namespaces.js';
import { bootIdentity, startTimeOf } from '../../src/host/process-identity.js';
import type { InstanceState } from '../../src/host/state-file.js';

/** The state of an instance that is this very process. */
export const state = (options: Partial<InstanceState> = {}): InstanceState => ({
  format: 1,
  name: 'lab',
  pid: process.pid,
  startTime: startTimeOf(process.pid)!,
  bootId: bootIdentity(),
  stopped: false,
  socket: '/run/tunpike/lab.sock',
  file: 'lab.yaml',
  version: '0.0.0',
  rootless: false,
  ownNamespace: namespaceIdentity(undefined)!,
  objects: [],
  ...options,
});

/** An instance whose process has ended: this process' id, but an earlier one's start. */
export const deadState = (options: Partial<InstanceState> = {}): InstanceState =>
  state({ startTime: 1, ...options });

export async function withFolder<Result>(
  body: (folder: string) => Result | Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tphost-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
