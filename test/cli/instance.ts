import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlMethods } from '../../src/control/protocol.js';
import { JsonText, Rows } from '../../src/control/rows.js';
import { startControlServer } from '../../src/control/server.js';
import { startTimeOf } from '../../src/host/process-identity.js';
import { RUNTIME_DIRECTORY_VARIABLE } from '../../src/host/runtime-directory.js';
import type { DeviceObject } from '../../src/host/state-file.js';
import { StateFile } from '../../src/host/state-writing.js';
import { LabLoop } from '../../src/lab/loop.js';
import { EventStream } from '../../src/observe/event-stream.js';
import { SILENT } from '../../src/observe/log.js';
import { controlMethods } from '../../src/runtime/methods.js';
import { capturesOf } from '../../src/runtime/services/capture.js';
import { monitorsOf } from '../../src/runtime/services/monitor.js';
import { showerOf } from '../../src/runtime/services/show.js';
import { Arena } from '../../src/tun/arena.js';
import { state } from '../host/state.js';
import { configured } from '../support/configured.js';

/** What the commands of another process find as a running lab: its state file, its process and its socket. */
export interface StandingInstance {
  /** The environment in which commands find it. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

const LAB = `
links: { red: { gateway: r1 } }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24, igmp: { static-groups: [{ group: 239.1.2.3 }] } } }
    filters: [{ name: no-telnet, match: { protocol: tcp, destination-port: 23 }, action: drop }]
  r2: { interfaces: { red: { address: 198.51.100.2/24 } } }
`;

/** A host whose programs run here: nothing is made for it. */
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

/**
 * A lab without devices; the process that stands for it ends when it is told to stop. `changed` methods answer
 * otherwise.
 */
export const standInstance = async (changed: Partial<ControlMethods> = {}): Promise<StandingInstance> => {
  const folder = mkdtempSync(join(tmpdir(), 'tpinstance-'));
  const standIn = spawn('sleep', ['600'], { stdio: 'ignore' });
  const pid = standIn.pid!;
  const socket = join(folder, 'lab.sock');
  const file = StateFile.claim(
    state({ pid, startTime: startTimeOf(pid)!, socket, objects: [ALICE] }),
    folder,
  );
  const configuration = configured(LAB);
  const events = new EventStream();
  const loop = new LabLoop(configuration, new Arena(), events);
  const captures = capturesOf(loop);
  const own = controlMethods({
    identity: { name: 'lab', pid, version: '0.0.0' },
    loop,
    monitors: monitorsOf(loop, events),
    captures,
    show: showerOf({ configFile: 'lab.yaml', loop, captures, changes: ['a change'], warnings: [] }),
    reload: () => Promise.reject(new Error('nothing to read')),
    hostPlan: () => new Rows<object>(() => []),
    lastFile: () => new JsonText(() => ['{"described":{},"tables":[]}']),
    isAsked: () => {},
    stop: () => {
      file.remove();
      standIn.kill();
    },
  });
  const methods = { ...own, ...changed };
  const server = await startControlServer({ path: socket, mode: 0o600, methods, log: SILENT });
  return {
    env: { ...process.env, [RUNTIME_DIRECTORY_VARIABLE]: folder, TUNPIKE_NAME: undefined },
    close: async () => {
      await server.close();
      loop.close();
      standIn.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
