import type { CaptureParams } from '../control/capture.js';
import { type CaptureStream, captureFrom } from '../control/capture-stream.js';
import { Failure } from '../failure.js';
import { CaptureFile } from '../observe/capture/capture-file.js';
import { printable } from '../text/printable.js';
import { type Counts, copy, DescriptorOutput } from './capture-copy.js';
import type { CaptureFlags } from './capture-flags.js';
import { instanceFor } from './instance.js';
import { Interruption } from './interruption.js';
import type { Terminal } from './terminal.js';

/** How long a lab may take to send what it has after it was told to end, in milliseconds. */
const FAREWELL = 2000;
const STDOUT = 1;

/** Returns 0: when it has enough, on Ctrl-C, when nobody reads any more, or when the lab stops. */
export const runCapture = async (terminal: Terminal, flags: CaptureFlags): Promise<number> => {
  const { write: file, duration } = flags;
  const path = fileOf(flags);
  const instance = await instanceFor(terminal, flags.interface);
  const interruption = new Interruption();
  let stream: CaptureStream | undefined;
  let output: CaptureFile | DescriptorOutput | undefined;
  try {
    const prepared = openOutput(path, terminal, flags);
    output = prepared;
    try {
      stream = await captureFrom(instance, paramsOf(flags, path), interruption.signal);
      // Until the lab has answered, what was there before stays.
      if (prepared instanceof CaptureFile) prepared.publish();
    } catch (error) {
      if (prepared instanceof CaptureFile) await prepared.takeBack();
      output = undefined;
      if (!interruption.signal.aborted || error instanceof Failure) throw error;
      terminal.hint(`nothing was captured: ${instance.name} had not answered yet`);
      return 0;
    }
    if (prepared instanceof CaptureFile) prepared.keep();
    const { result } = stream;
    terminal.hint(
      `capturing ${flags.interface ?? 'all interfaces'} of ${result.lab}${file === '-' ? '' : ` to ${printable(path)}`}; Ctrl-C ends it`,
    );
    const ending = endWith(stream, interruption, duration);
    const counts = await copy(stream, prepared);
    clearTimeout(ending);
    if (prepared instanceof DescriptorOutput && prepared.failure !== undefined)
      throw new Failure(4, `standard output cannot be written: ${prepared.failure}`, 'make room, or -w FILE');
    tell(terminal, flags, { name: result.name, ...counts });
    return 0;
  } finally {
    stream?.destroy();
    await output?.close();
    interruption.ignore();
  }
};

const fileOf = ({ write: file, rotate, keep }: CaptureFlags): string => {
  if (file === undefined)
    throw new Failure(
      2,
      'a capture needs somewhere to go',
      'add `-w FILE`, or `-w - | tshark -r -` to see it as it happens',
    );
  if (keep !== undefined && rotate === undefined)
    throw new Failure(2, '--keep goes with --rotate', 'add how long a file may get: --rotate 10MB');
  if (file === '-' && rotate !== undefined)
    throw new Failure(2, 'standard output cannot be rotated', 'name a file: -w FILE');
  if (file === '-' && process.stdout.isTTY)
    throw new Failure(2, 'a terminal shows no pcapng', 'tunpike capture -w - | tshark -r -');
  return file;
};

const paramsOf = (
  { interface: at, only, match, snaplen, count }: CaptureFlags,
  file: string,
): CaptureParams => ({
  file,
  ...(at === undefined ? {} : { interface: at }),
  ...(only === undefined ? {} : { only }),
  ...(match === undefined ? {} : { match: match.join(' ') }),
  ...(snaplen === undefined ? {} : { snaplen }),
  ...(count === undefined ? {} : { count }),
});

const openOutput = (
  file: string,
  terminal: Terminal,
  { rotate, keep }: CaptureFlags,
): CaptureFile | DescriptorOutput => {
  if (file === '-') return new DescriptorOutput(STDOUT);
  return CaptureFile.prepare({
    path: file,
    rotate,
    keep,
    onFailure: (reason) =>
      terminal.hint(`datagrams are lost: ${printable(file)} cannot be written: ${reason}`),
    onTaken: (how) => terminal.hint(`${printable(file)} was ${how}: begun anew`),
  });
};

/** Has the lab end the capture in time, or on Ctrl-C; one that does not is left. */
const endWith = (
  stream: CaptureStream,
  interruption: Interruption,
  duration: number | undefined,
): NodeJS.Timeout | undefined => {
  const end = (): void => {
    stream.end();
    setTimeout(() => {
      stream.destroy();
      // Who is in the middle of writing to a reader that is stuck cannot even exit.
      setTimeout(() => dieOf('SIGTERM', interruption), FAREWELL).unref();
    }, FAREWELL).unref();
  };
  interruption.signal.addEventListener('abort', end);
  return duration === undefined ? undefined : setTimeout(end, duration);
};

const dieOf = (signal: NodeJS.Signals, interruption: Interruption): void => {
  interruption.ignore();
  process.kill(process.pid, signal);
};

const tell = (terminal: Terminal, { write: file }: CaptureFlags, counts: Counts & { name: string }): void => {
  const { packets, lostPackets } = counts;
  if (terminal.isJson && file !== '-') return terminal.printJson({ file, ...counts });
  const lost =
    lostPackets === 0
      ? ''
      : `, ${lostPackets} lost: the reader or the disk was too slow, or full, or something was in the way`;
  terminal.hint(`${packets} ${packets === 1 ? 'frame' : 'frames'} captured${lost}`);
};
