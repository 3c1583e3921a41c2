import type { CaptureParams, CaptureResult } from '../../control/capture.js';
import type { ControlCaller } from '../../control/protocol.js';
import type { LabLoop } from '../../lab/loop.js';
import { interfaceNamed } from '../../lab/named.js';
import type { Capture } from '../../observe/capture/capture.js';
import { Captures } from '../../observe/capture/captures.js';
import { parseMatch } from '../../text/match.js';
import { version } from '../../version.js';
import { wordsOf } from './match-words.js';

/** The captures of a running lab. */
export const capturesOf = (loop: LabLoop): Captures =>
  new Captures({
    lab: loop.lab,
    program: `tunpike ${version()}`,
    now: () => loop.readClock(),
    timeOfDay: (at) => loop.timeOfDay(at),
    onTurn: (action) => {
      loop.onTurn = action;
    },
  });

/** From now on, and until its connection ends, a caller gets the frames that it asked for. */
export const capture = (
  loop: LabLoop,
  captures: Captures,
  { file = '-', ...wanted }: CaptureParams,
  caller: ControlCaller,
  lab: string,
): CaptureResult => {
  parseMatch(wanted.match ?? '', wordsOf(loop.lab));
  const at =
    wanted.interface === undefined ? undefined : interfaceNamed(loop.lab, wanted.interface, undefined).name;
  const name = captures.freshName();
  const socket = caller.stream(() => captures.end(running));
  const running: Capture = captures.begin(
    { ...wanted, interface: at, name, file },
    {
      // What a client that has gone does not get is not counted: there may be megabytes, and nobody is told.
      write: (blocks, done) => void socket.write(blocks, () => done(NOTHING)),
      close: async () => void socket.end(),
    },
    // Whoever is told of the last frame is in the middle of a turn.
    () => setImmediate(() => void captures.end(running)),
  );
  caller.onEnd(() => void captures.end(running));
  return { name, lab };
};

const NOTHING = { frames: 0, octets: 0 };
