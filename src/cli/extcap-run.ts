import { close, constants, fstatSync, open } from 'node:fs';
import { promisify } from 'node:util';
import { ONLY, readCaptureParams } from '../control/capture.js';
import { captureFrom } from '../control/capture-stream.js';
import { Failure } from '../failure.js';
import { isAlive, readState, readStates } from '../host/state-file.js';
import { LINKTYPE_IPV4 } from '../observe/capture/pcapng.js';
import { version } from '../version.js';
import { copy, DescriptorOutput } from './capture-copy.js';
import type { ExtcapFlags } from './extcap-flags.js';
import { namesOf } from './instance-with.js';
import { Interruption } from './interruption.js';
import type { Terminal } from './terminal.js';

const opened = promisify(open);
const closed = promisify(close);

/** Wireshark's names of interfaces: `tunpike-lab` for all of a lab, `tunpike-lab:r1.red` for one. */
const PREFIX = 'tunpike-';

/**
 * Answers Wireshark, in its own format. Source: Wireshark, doc/extcap.
 *
 * A question that nobody should ask ends as any wrong usage does; Wireshark shows what was said.
 */
export const runExtcap = async (terminal: Terminal, flags: ExtcapFlags): Promise<number> => {
  if (flags.extcapInterfaces === true) return listInterfaces(terminal);
  if (flags.extcapDlts === true) {
    terminal.print(sentence('dlt', { number: LINKTYPE_IPV4, name: 'IPV4', display: 'Raw IPv4' }));
    return 0;
  }
  if (flags.extcapConfig === true) return listSettings(terminal);
  if (flags.capture === true) return capture(flags);
  throw new Failure(
    2,
    'Wireshark runs `tunpike extcap`, people run `tunpike capture`',
    'tunpike extcap --extcap-interfaces',
  );
};

const listInterfaces = async (terminal: Terminal): Promise<number> => {
  terminal.print(sentence('extcap', { version: version(), help: 'https://www.npmjs.com/package/tunpike' }));
  for (const state of readStates().filter(isAlive)) {
    const { interfaces } = await namesOf(state);
    const { name } = state;
    if (interfaces.length === 0) continue;
    terminal.print(
      sentence('interface', { value: PREFIX + name, display: `tunpike ${name}: all interfaces` }),
    );
    for (const each of interfaces)
      terminal.print(
        sentence('interface', { value: `${PREFIX}${name}:${each}`, display: `tunpike ${name}: ${each}` }),
      );
  }
  return 0;
};

const listSettings = (terminal: Terminal): number => {
  terminal.print(
    sentence('arg', {
      number: 0,
      call: '--only',
      display: 'Only',
      type: 'selector',
      tooltip: 'local: to or from a router itself',
    }),
  );
  terminal.print(sentence('value', { arg: 0, value: 'all', display: 'everything', default: 'true' }));
  for (const only of ONLY)
    terminal.print(sentence('value', { arg: 0, value: only, display: only, default: 'false' }));
  terminal.print(
    sentence('arg', {
      number: 1,
      call: '--match',
      display: 'Match',
      type: 'string',
      tooltip: 'protocol=udp size>1400; see tunpike capture --help',
    }),
  );
  terminal.print(
    sentence('arg', {
      number: 2,
      call: '--snaplen',
      display: 'Octets kept of each datagram',
      type: 'integer',
      range: '20,65535',
      default: 65535,
    }),
  );
  return 0;
};

/** `interface {value=…}{display=…}`; braces would end a value. */
const sentence = (word: string, values: Readonly<Record<string, string | number>>): string =>
  `${word} ${Object.entries(values)
    .map(([key, value]) => `{${key}=${String(value).replace(/[{}\n]/g, ' ')}}`)
    .join('')}`;

const capture = async ({
  extcapInterface = '',
  fifo,
  only,
  match,
  snaplen,
}: ExtcapFlags): Promise<number> => {
  const [lab = '', at] = extcapInterface.replace(PREFIX, '').split(':');
  const instance = readState(lab);
  if (!extcapInterface.startsWith(PREFIX) || instance === undefined || !isAlive(instance))
    throw new Failure(5, `no lab runs that has the interface '${extcapInterface}'`, 'tunpike ls');
  if (fifo === undefined) throw new Failure(2, '--capture needs --fifo', 'Wireshark names one');
  const interruption = new Interruption();
  const descriptor = await openFifo(fifo);
  try {
    const stream = await captureFrom(
      instance,
      readCaptureParams({
        file: 'Wireshark',
        interface: at,
        only: only === 'all' ? undefined : only,
        match,
        snaplen: snaplen === undefined ? undefined : Number(snaplen),
      }),
      interruption.signal,
    );
    interruption.signal.addEventListener('abort', () => stream.destroy());
    try {
      await copy(stream, new DescriptorOutput(descriptor));
    } finally {
      stream.destroy();
    }
    return 0;
  } catch (error) {
    if (!interruption.signal.aborted || error instanceof Failure) throw error;
    return 0;
  } finally {
    await closed(descriptor);
    interruption.ignore();
  }
};

/** Wireshark has made it; anything but a pipe is left alone. */
const openFifo = async (path: string): Promise<number> => {
  const descriptor = await opened(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  if (fstatSync(descriptor).isFIFO()) return descriptor;
  await closed(descriptor);
  throw new Failure(6, `${path} is no pipe`, 'tunpike capture -w FILE writes files');
};
