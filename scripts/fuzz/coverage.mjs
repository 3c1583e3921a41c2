// Which code an input runs, as V8 counts it: block by block, without instrumentation.
import { Session } from 'node:inspector';

/** Watches the functions of scripts whose address passes a test. */
export class Coverage {
  #session = new Session();
  #isWatched;
  /** For each function, by script and place: which of its characters have been run. */
  #run = new Map();
  /** Characters that have been run. */
  reached = 0;

  constructor(isWatched) {
    this.#isWatched = isWatched;
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** How many characters ran for the first time since the last call. */
  take() {
    const before = this.reached;
    for (const { url, functions } of this.#post('Profiler.takePreciseCoverage').result) {
      if (!this.#isWatched(url)) continue;
      for (const { ranges } of functions) if (ranges[0].count > 0) this.#note(url, ranges);
    }
    return this.reached - before;
  }

  stop() {
    this.#session.disconnect();
  }

  /** Ranges nest, outer ones first, and an inner one knows better. */
  #note(url, ranges) {
    const [{ startOffset, endOffset }] = ranges;
    const key = `${url} ${startOffset} ${endOffset}`;
    let known = this.#run.get(key);
    if (known === undefined) {
      known = new Uint8Array(endOffset - startOffset);
      this.#run.set(key, known);
    }
    const now = new Uint8Array(known.length);
    for (const range of ranges)
      now.fill(range.count > 0 ? 1 : 0, range.startOffset - startOffset, range.endOffset - startOffset);
    for (let at = 0; at < now.length; at += 1) {
      if (now[at] === 0 || known[at] === 1) continue;
      known[at] = 1;
      this.reached += 1;
    }
  }

  /** On a session in the same thread the answer is there when the call returns. */
  #post(method, parameters) {
    let answer;
    this.#session.post(method, parameters, (error, result) => {
      if (error !== null) throw new Error(`${method}: ${error.message}`);
      answer = result;
    });
    return answer;
  }
}
