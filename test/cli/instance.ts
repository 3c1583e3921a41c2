import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlMethods } from '../../src/control/protocol.js';
import { startControlServer } from '../../src/control/server.js';
import { startTimeOf } from '../../src/host/process-identity.js';
import { RUNTIME_DIRECTORY_VARIABLE } from '../../src/host/runtime-directory.js';
import { type DeviceObject, StateFile } from '../../src/host/state-file.js';
import { SILENT } from '../../src/observe/log.js';
import { state } from '../host/state.js';

/** What the commands of another process find as a running lab: its state file, its process and its socket. */
export interface StandingInstance {
  /** The environment in which commands find it. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** A host of this machine's own namespace. Nothing is made for it. */
const ALICE: DeviceObject = {
  kind: 'device',
  name: 'tp-alice-red',
  namespace: null,
  host: 'alice',
  link: 'red',
  persistent: false,
  created: false,
  index: null,
  addresses: [],
  routes: [],
};

const STATUS = {
  name: 'lab',
  state: 'running',
  pid: process.pid,
  uptimeSeconds: 1,
  version: '0.0.0',
  config: null,
  routers: 1,
  links: 1,
  hosts: 1,
  ledgers: [],
  warnings: [],
};

/** An instance without devices; the process that stands for it ends when it is told to stop. */
export const standInstance = async (): Promise<StandingInstance> => {
  const folder = mkdtempSync(join(tmpdir(), 'tpinstance-'));
  const standIn = spawn('sleep', ['600'], { stdio: 'ignore' });
  const pid = standIn.pid!;
  const socket = join(folder, 'lab.sock');
  const file = StateFile.claim(
    state({ pid, startTime: startTimeOf(pid)!, socket, objects: [ALICE] }),
    folder,
  );
  const live = { name: 'lab', pid, version: '0.0.0' };
  const methods: ControlMethods = {
    ping: () => live,
    show: ({ what }) => (what === 'status' ? STATUS : []),
    echo: ({ destination: from, ttl, length }) => ({
      kind: 'reply',
      from,
      ttl,
      length,
      milliseconds: 0.5,
      route: [],
    }),
    igmpQuery: (params) => ({ interface: params.interface, group: null, source: null, version: 3 }),
    igmpLeave: ({ interface: name, group }) => ({ interface: name, group, source: null, forgotten: true }),
    monitor: () => ({ name: 'lab', types: [] }),
    stop: () => {
      file.remove();
      standIn.kill();
      return live;
    },
  };
  const server = await startControlServer({ path: socket, mode: 0o600, methods, log: SILENT });
  return {
    env: { ...process.env, [RUNTIME_DIRECTORY_VARIABLE]: folder, TUNPIKE_NAME: undefined },
    close: async () => {
      await server.close();
      standIn.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
