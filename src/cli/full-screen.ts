import type { ReadStream, WriteStream } from 'node:tty';

/** The other screen, where programs draw and leave nothing behind, and no cursor. Source: xterm, ctlseqs. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
/** A frame is shown when it is complete, where the terminal knows that. Source: terminal-wg, synchronized output. */
const BEGIN = '\x1b[?2026h\x1b[H';
const END = '\x1b[J\x1b[?2026l';
/** What was to the right of a line goes. Source: ECMA-48 §8.3.41. */
const REST = '\x1b[K';

const CTRL_C = '\x03';

/** What a full screen is drawn on, and who is told of keys and sizes. */
export interface ScreenEnvironment {
  readonly output: WriteStream;
  readonly input: ReadStream;
  /** `q` or Ctrl-C was pressed. */
  readonly quit: () => void;
  /** The terminal has another size now. */
  readonly resized: () => void;
}

/** A terminal that belongs to one program until `close`, however that comes about. */
export class FullScreen {
  readonly #environment: ScreenEnvironment;
  readonly #onExit = (): void => this.close();
  readonly #onKeys = (keys: Buffer): void => {
    const typed = keys.toString('latin1');
    if (typed === 'q' || typed === 'Q' || typed.includes(CTRL_C)) this.#environment.quit();
  };
  /** A terminal that has hung up can be neither read nor set. */
  readonly #onInputFailure = (): void => this.#environment.quit();
  #isOpen = true;

  constructor(environment: ScreenEnvironment) {
    this.#environment = environment;
    const { output, input, resized } = environment;
    output.write(ENTER);
    output.on('resize', resized);
    if (input.isTTY) {
      input.on('error', this.#onInputFailure);
      input.setRawMode(true);
      input.on('data', this.#onKeys);
    }
    process.on('exit', this.#onExit);
  }

  /** Shows lines in place of what was there. */
  draw(text: string): void {
    const lines = text.split('\n').map((line) => `${line}${REST}`);
    this.#environment.output.write(`${BEGIN}${lines.join('\r\n')}${END}`);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { output, input, resized } = this.#environment;
    process.off('exit', this.#onExit);
    output.off('resize', resized);
    if (input.isTTY) {
      input.off('data', this.#onKeys);
      input.setRawMode(false);
      input.pause();
    }
    output.write(LEAVE);
  }
}
