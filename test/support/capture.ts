import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Background } from './background.js';
import { run, until } from './kernel.js';
import type { RunningLab } from './lab.js';

/** How long a capture may take to begin, and to see what was sent last. In milliseconds. */
const PATIENCE = 20_000;

/** What tshark calls a warning or worse: a checksum that is wrong, a length that cannot be. */
export const SUSPECT = '_ws.malformed || _ws.expert.severity >= 0x600000';

/** A file of datagrams, for tshark to read. */
export interface CaptureFile {
  /** A row for every datagram that the filter shows, with the values of these fields; several by commas. */
  rows(filter: string, fields: readonly string[], ...options: readonly string[]): Promise<string[][]>;
}

/** What has been captured so far. */
export interface Growing {
  datagrams(): readonly Uint8Array[];
}

/** Captures a host's device while something happens: all that it sees, or what an expression of tcpdump's says. */
export async function captured(
  lab: RunningLab,
  host: string,
  device: string,
  body: (soFar: Growing) => Promise<void>,
  expression = '',
): Promise<CaptureFile> {
  const file = join(lab.folder, `${host}.pcap`);
  // Room for many: with the usual snap length the kernel's buffer holds eight of them, and loses the rest.
  const room = ['-s', '2048', '-B', '16384'];
  const flags = ['-i', device, '-Z', 'root', '-U', '--immediate-mode', ...room, '-w', file, expression];
  const tcpdump = lab.background(host, ['tcpdump', ...flags]);
  try {
    await until(() => tcpdump.stderr.includes('listening on'), PATIENCE, 'tcpdump to listen');
    await body({ datagrams: () => datagramsIn(readFileSync(file)) });
    await settled(lab, tcpdump, file);
  } finally {
    tcpdump.signal('SIGINT');
    await tcpdump.ended();
  }
  return {
    rows: async (filter, fields, ...options) => {
      const wanted = fields.flatMap((field) => ['-e', field]);
      const args = ['-r', file, '-Y', filter, '-T', 'fields', ...wanted, ...options];
      const { code, stdout, stderr } = await run('tshark', args, { timeout: 20_000 });
      if (code !== 0) throw new Error(`tshark ${filter}: ${stderr}`);
      return stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split('\t'));
    },
  };
}

/** Every datagram of a file in libpcap's format that is written whole; it is of this machine's byte order. */
const datagramsIn = (file: Buffer): Uint8Array[] => {
  const datagrams: Uint8Array[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const end = at + 16 + file.readUInt32LE(at + 8);
    if (end > file.length) break;
    datagrams.push(file.subarray(at + 16, end));
    at = end;
  }
  return datagrams;
};

/** Waits until the lab has no more to send, and tcpdump has written all that it was sent: however busy the machine is. */
const settled = async (lab: RunningLab, tcpdump: Background, file: string): Promise<void> => {
  let quiet = { counts: '', since: 0, turns: 0 };
  const isSettled = async (): Promise<boolean> => {
    // An answer is a turn of the lab, in which it reads its devices, too; so it is of tcpdump.
    if (lab.process.code === undefined) await lab.show('status');
    const counts = `${await countsOf(tcpdump)} ${statSync(file).size}`;
    if (counts !== quiet.counts) quiet = { counts, since: performance.now(), turns: 0 };
    quiet.turns += 1;
    return quiet.turns > 4 && performance.now() - quiet.since > 100;
  };
  await until(isSettled, PATIENCE, 'the capture to become quiet');
};

/** What tcpdump has had of the kernel and what it has written, which it says when it is asked by SIGUSR1. */
const countsOf = async (tcpdump: Background): Promise<string> => {
  const said = tcpdump.stderr.length;
  tcpdump.signal('SIGUSR1');
  const counts = (): RegExpExecArray | null =>
    /\d+ packets? captured, \d+ packets? received by filter/.exec(tcpdump.stderr.slice(said));
  return (await until(counts, PATIENCE, 'what tcpdump counts'))![0];
};
