import type { Configuration } from '../config/configuration.js';
import { configurationInForce } from '../lab/in-force.js';
import type { LabLoop } from '../lab/loop.js';
import { isSameTopology } from '../lab/on-links.js';

/** How many routers adopt what is theirs in one turn of the event loop (measured: 0.15 ms for each). */
const AT_ONCE = 8;

/**
 * A lab adopts what its file says after what it said last; what was changed at run time stays.
 *
 * Where many routers differ, and neither links, hosts nor addresses, it goes a few routers a turn: each of them adopts
 * its own part whole. Everything else is adopted in one turn.
 */
export class Adoption {
  readonly #loop: LabLoop;
  readonly #last: Configuration;
  /** What the lab has adopted so far. */
  #adopted: Configuration;

  constructor(loop: LabLoop, last: Configuration) {
    this.#loop = loop;
    this.#last = last;
    this.#adopted = last;
  }

  /** The configuration in force if the file says this, with what was changed until now. */
  inForce(wanted: Configuration): Configuration {
    return configurationInForce(this.#adopted, wanted, this.#loop.lab.configuration);
  }

  /** Adopts some routers of another configuration; yields after each turn of that. All but a turn of them, if there are many. */
  *some(next: Configuration): Generator<void, void> {
    for (const step of stepsBetween(this.#last, next)) {
      this.whole(step);
      yield;
    }
  }

  /** Adopts another configuration, or keeps what it has adopted. */
  whole(wanted: Configuration): void {
    adopt(this.#loop, this.inForce(wanted));
    this.#adopted = wanted;
  }

  /** Takes back what was adopted. */
  takeBack(): void {
    if (this.#adopted !== this.#last) this.whole(this.#last);
  }
}

/** Configurations on the way from one to another, none of them the other one. */
function* stepsBetween(last: Configuration, next: Configuration): Generator<Configuration, void> {
  if (!isSameTopology(last, next)) return;
  const routers = new Map(last.routers);
  const different = [...next.routers.values()].filter((each) => each !== last.routers.get(each.name));
  for (let at = AT_ONCE; at < different.length; at += AT_ONCE) {
    for (const each of different.slice(at - AT_ONCE, at)) routers.set(each.name, each);
    yield { ...last, routers: new Map(routers) };
  }
}

const adopt = (loop: LabLoop, configuration: Configuration): void =>
  loop.perform((now) => {
    const { lab } = loop;
    const before = lab.configuration;
    try {
      lab.apply(configuration, now);
    } catch (error) {
      lab.apply(before, now);
      throw error;
    }
  });
