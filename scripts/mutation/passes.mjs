import { join } from 'node:path';
import { regionOf } from './compile.mjs';
import { Noticers, quickOf } from './plan.mjs';
import { doAll } from './pool.mjs';

/** Tries the mutants of files: each first on tests that are over soon, and those left open by these on all. */
export class Passes {
  #every;
  #results;
  #noticers = new Noticers();

  constructor(files, results) {
    this.#results = results;
    this.#every = files.flatMap((each) => each.mutants.map((mutant) => ({ each, mutant })));
  }

  isNeeded() {
    return this.#every.some((one) => ['open', undefined].includes(this.#outcome(one)));
  }

  /** What is not noticed here is open. */
  async first(root, jobs, planFor) {
    const choose = (one) => {
      const { quick, all } = this.#results.owed(one.each.text, one.mutant);
      one.all = all;
      return quickOf(only(quick, this.#plan(planFor, one)));
    };
    await this.#pass({ name: 'first pass', from: undefined, passed: 'open' }, root, jobs, choose);
  }

  /** What is not noticed here survives. */
  async all(root, jobs, planFor) {
    const choose = (one) => only(one.all, this.#plan(planFor, one));
    await this.#pass({ name: 'all tests', from: 'open', passed: 'passed' }, root, jobs, choose);
  }

  #outcome({ each, mutant }) {
    return this.#results.outcome(each.text, mutant);
  }

  #plan(planFor, { each, mutant }) {
    return this.#noticers.first(each.file, planFor(each.file, regionOf(each.spans, mutant)));
  }

  async #pass({ name, from, passed }, root, jobs, choose) {
    const queue = this.#every.filter((one) => this.#outcome(one) === from);
    const total = queue.length;
    const begun = performance.now();
    const next = () => {
      const one = queue.shift();
      if (one === undefined) return undefined;
      const { each, mutant } = one;
      return { kind: 'attempt', file: join(root, each.file), mutant, plan: choose(one), one };
    };
    await doAll(jobs, next, ({ one: { each, mutant } }, result) => {
      const came = result.outcome ?? 'failed';
      if (result.at !== undefined) this.#noticers.add(each.file, result.path, result.at);
      const outcome = came === 'passed' ? passed : came;
      this.#results.add(each.file, each.text, mutant, { by: result.failed, ...result, outcome });
    });
    const seconds = (performance.now() - begun) / 1000;
    if (total > 0)
      console.error(
        `${name}: ${total} mutants in ${seconds.toFixed(0)} s, ${(seconds / total).toFixed(2)} s each`,
      );
  }
}

const only = (some, plan) => (some === undefined ? plan : plan.filter(({ test }) => some.has(test)));
