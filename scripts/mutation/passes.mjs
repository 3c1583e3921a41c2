import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { regionOf } from './compile.mjs';
import { Noticers, PASSES, partOf } from './plan.mjs';
import { doAll } from './pool.mjs';

/** Tries the mutants of files: each first on tests that are over soon, and those left open by these on more of them. */
export class Passes {
  #every;
  #results;
  #noticers = new Noticers();

  /**
   * Those of `equivalents` are not tried further than a first pass: somebody has said that no test can notice them. Of
   * all, one of `sample` is tried, always the same ones.
   */
  constructor(files, results, equivalents, sample) {
    this.#results = results;
    const isInSample = ({ file }, { start, text }) =>
      createHash('sha256').update(`${file} ${start} ${text}`).digest().readUInt32BE() % sample === 0;
    this.#every = files.flatMap((each) =>
      each.mutants
        .filter((mutant) => isInSample(each, mutant))
        .map((mutant) => ({
          each,
          mutant,
          most: equivalents.has(each.file, each.text, mutant) ? 1 : PASSES,
        })),
    );
  }

  /** Does so many passes. What is not noticed in the last of all survives; before, it is open. */
  async run(root, jobs, planFor, passes) {
    // Those that have met some tests already meet the ones that have changed.
    await this.#run(root, jobs, planFor, 'changed tests', ({ changed }) => changed !== undefined);
    for (let at = 0; at < passes; at++)
      await this.#run(root, jobs, planFor, `pass ${at + 1}`, ({ pass }) => pass === at);
  }

  isNeeded(passes) {
    return this.#every.some((one) => (this.#due(one)?.pass ?? passes) < passes);
  }

  #due({ each, mutant, most }) {
    const due = this.#results.due(each.text, mutant);
    return due !== undefined && due.pass < most ? due : undefined;
  }

  #plan(planFor, { each, mutant }, { pass, changed }) {
    const all = planFor(each.file, regionOf(each.spans, mutant));
    const plan = changed === undefined ? all : all.filter(({ test }) => changed.has(test));
    return partOf(this.#noticers.first(each.file, plan), pass);
  }

  async #run(root, jobs, planFor, name, isWanted) {
    const queue = this.#every.flatMap((one) => {
      const due = this.#due(one);
      return due !== undefined && isWanted(due) ? [{ ...one, due }] : [];
    });
    const total = queue.length;
    const begun = performance.now();
    const next = () => {
      const one = queue.shift();
      if (one === undefined) return undefined;
      const plan = this.#plan(planFor, one, one.due);
      return { kind: 'attempt', file: join(root, one.each.file), mutant: one.mutant, plan, one };
    };
    await doAll(jobs, next, ({ one: { each, mutant, due } }, result) => {
      if (result.at !== undefined) this.#noticers.add(each.file, result.path, result.at);
      const came = { by: result.failed, outcome: 'failed', ...result };
      this.#results.add(each.file, each.text, mutant, came, due.gone);
    });
    const seconds = (performance.now() - begun) / 1000;
    const each = (seconds / total).toFixed(2);
    if (total > 0) console.error(`${name}: ${total} mutants in ${seconds.toFixed(0)} s, ${each} s each`);
  }
}
