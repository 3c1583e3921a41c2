import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Background } from './background.js';
import { run, until } from './kernel.js';
import type { RunningLab } from './lab.js';

/** Where Debian and its like keep the daemons; `vtysh` is on the path. */
const DAEMONS = '/usr/lib/frr';

/** How long a daemon may take until it answers. In milliseconds. */
const PATIENCE = 15_000;

/** What {@link withFrr} needs of the machine. */
export const FRR_PROGRAMS = ['zebra', 'vtysh'];

/** FRR's multicast daemon in a host's namespace, and the zebra that tells it of devices; nothing else of FRR. */
export class Frr {
  readonly #lab: RunningLab;
  readonly #host: string;
  readonly #folder: string;
  readonly #running: Background[] = [];

  /** The folder belongs to FRR's user: its daemons run as that one. */
  constructor(lab: RunningLab, host: string, folder: string) {
    this.#lab = lab;
    this.#host = host;
    this.#folder = folder;
  }

  /** Starts one daemon with a configuration of its own, and waits until it answers. */
  async start(daemon: 'zebra' | 'pimd', configuration: string): Promise<Background> {
    const file = (name: string): string => join(this.#folder, name);
    writeFileSync(file(`${daemon}.conf`), configuration, { mode: 0o644 });
    const program = this.#lab.background(this.#host, [
      join(DAEMONS, daemon),
      ...['-f', file(`${daemon}.conf`), '-i', file(`${daemon}.pid`), '-z', file('zserv.api')],
      // No TCP port; the socket in the folder is all that anybody can reach it by.
      ...['--vty_socket', this.#folder, '-P', '0', '--log', 'stdout'],
    ]);
    this.#running.push(program);
    const said = (): string => `${program.stdout}${program.stderr}`;
    const answers = async (): Promise<boolean> => {
      if (program.code !== undefined) throw new Error(`${daemon} ended (${program.code}): ${said()}`);
      return (await this.#vtysh(daemon, 'show version')).code === 0;
    };
    await until(answers, PATIENCE, `${daemon} to answer`);
    if (/Config Failed/.test(said())) throw new Error(`${daemon}: ${said()}`);
    return program;
  }

  /** What `show … json` of the multicast daemon says. */
  async show<Answer>(what: string): Promise<Answer> {
    const { code, stdout, stderr } = await this.#vtysh('pimd', `show ${what} json`);
    if (code !== 0) throw new Error(`vtysh show ${what}: ${stderr}`);
    return JSON.parse(stdout) as Answer;
  }

  async stop(): Promise<void> {
    for (const each of this.#running.toReversed()) {
      await each.stop();
      // What a daemon that was killed leaves.
      for (const daemon of ['zebra', 'pimd'])
        rmSync(`/var/tmp/frr/${daemon}.${each.pid}`, { recursive: true, force: true });
    }
  }

  #vtysh(daemon: string, command: string) {
    const args = ['--vty_socket', this.#folder, '-d', daemon, '-c', command];
    return run('vtysh', args, { namespace: this.#lab.namespaceOf(this.#host) });
  }
}

/** Lends FRR on a host to a test: `start('pimd', …)` begins the part that speaks IGMP. */
export async function withFrr<Result>(
  lab: RunningLab,
  host: string,
  body: (frr: Frr) => Promise<Result>,
): Promise<Result> {
  // Its user may not look into the lab's own folder once that is closed to others.
  const made = await run('mktemp', ['-d', '-t', 'tpfrr-XXXXXX']);
  const folder = made.stdout.trim();
  await run('chown', ['frr:frr', folder]);
  const frr = new Frr(lab, host, folder);
  try {
    await frr.start('zebra', '');
    return await body(frr);
  } finally {
    await frr.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
