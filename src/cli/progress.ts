import type { Terminal } from './terminal.js';

/** What is done sooner than it is read needs no progress. */
const FEWEST = 100;
const ERASE_LINE = '\r\x1b[K';

/** Tells on a terminal how far something is, on one line of stderr that is gone when all is done. */
export const progressOn =
  ({ io, flags }: Terminal, what: string) =>
  (done: number, total: number): void => {
    if (io.stderr.isTTY !== true || flags.quiet || total < FEWEST) return;
    io.stderr.write(done < total ? `\r${done} of ${total} ${what}` : ERASE_LINE);
  };

/** A note that is soon gone needs not to be made. In milliseconds. */
const SOON = 300;

/** Says on a terminal what is waited for, on a line of stderr that is gone at the end. */
export const waitingFor = ({ io, flags }: Terminal) => {
  const began = performance.now();
  let said = '';
  return {
    tell(what: string): void {
      if (io.stderr.isTTY !== true || flags.quiet || what === said || performance.now() - began < SOON)
        return;
      said = what;
      io.stderr.write(`${ERASE_LINE}${what}`);
    },
    end(): void {
      if (said !== '') io.stderr.write(ERASE_LINE);
      said = '';
    },
  };
};

/** Longer than that a lab takes only where it is asked for much, or hangs. In milliseconds. */
const SILENCE = 5000;

/** Says on a terminal that a lab has not answered yet, where that takes long; the end of each wait ends that, too. */
export const silenceOf = (terminal: Terminal, name: string) => {
  const waiting = waitingFor(terminal);
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => waiting.tell(`waiting for ${name} …`), SILENCE);
  };
  const end = (): void => {
    clearTimeout(timer);
    waiting.end();
  };
  return {
    /** While one answer is waited for. */
    async during<Answer>(answer: Promise<Answer>): Promise<Answer> {
      begin();
      return answer.finally(end);
    },
    /** While each of several is waited for. */
    async *between<Answer>(answers: AsyncIterable<Answer>): AsyncGenerator<Answer, void> {
      begin();
      try {
        for await (const answer of answers) {
          end();
          yield answer;
          begin();
        }
      } finally {
        end();
      }
    },
  };
};
