import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WORKER = join(import.meta.dirname, 'worker.mjs');
/** How many jobs a process does before another takes its place; tests leave things behind. */
const JOBS_EACH = 400;
/** Milliseconds without a word until a process is ended: it says one for each file of tests, or each test it measures. */
const SILENCE = { attempt: 60_000, measure: 600_000 };
/** By so much a timer is late at most where the machine is busy, and this process was not stopped. */
const LATE = 5000;

/** A process that does one job after the other, and is replaced when it is worn out, silent or dead. */
class Worker {
  #child;
  #left = 0;
  #folder = mkdtempSync(join(tmpdir(), 'tunpike-mutation-'));

  #start() {
    this.#child = fork(WORKER, [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--max-old-space-size=2048', '--no-warnings'],
      env: { ...process.env, TMPDIR: this.#folder },
    });
    this.#left = JOBS_EACH;
  }

  /** What the process says of a job: `late` where it says nothing for too long, `failed` where it dies of it. */
  do(job) {
    if (this.#left === 0) this.end();
    if (this.#child === undefined) this.#start();
    this.#left -= 1;
    const child = this.#child;
    return new Promise((resolve) => {
      const begun = performance.now();
      let isSilent = false;
      let timer;
      let since;
      const silent = () => {
        // Whoever was stopped for a while has heard nothing either.
        if (performance.now() - since > SILENCE[job.kind] + LATE) return listen();
        isSilent = true;
        child.kill('SIGKILL');
      };
      const listen = () => {
        clearTimeout(timer);
        since = performance.now();
        timer = setTimeout(silent, SILENCE[job.kind]);
      };
      listen();
      const settle = (result) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve({ milliseconds: performance.now() - begun, ...result });
      };
      child.on('message', (message) => {
        if (message.alive) listen();
        else settle(message);
      });
      child.once('exit', (code, signal) => {
        this.#child = undefined;
        settle(
          isSilent
            ? { outcome: 'late', by: 'silence' }
            : { outcome: 'failed', by: `the process ended: ${signal ?? code}` },
        );
      });
      child.send(job);
    });
  }

  end() {
    this.#child?.removeAllListeners();
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  remove() {
    this.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Does jobs that `next` gives until it gives none, so many at once; `done` is told each with its result. */
export const doAll = async (count, next, done) => {
  const workers = Array.from({ length: count }, () => new Worker());
  const stop = () => {
    for (const worker of workers) worker.remove();
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  const work = async (worker) => {
    for (let job = next(); job !== undefined; job = next()) done(job, await worker.do(job));
    worker.remove();
  };
  await Promise.all(workers.map(work));
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
};
