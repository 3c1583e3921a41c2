import { formatPrefix, type Prefix } from '../address.js';
import type { Observer } from '../event.js';
import type { Waiting, Work } from '../igmp/work.js';
import { egressOf } from '../ip/fib.js';
import type { Path } from '../ip/path-list.js';
import { BEFORE_ALL, type PrefixKey } from '../ip/prefix-table.js';
import type { Router } from '../router/router.js';
import type { Instant } from '../time.js';

/** What was told of the routes that lead one way: nothing yet, that they are in use, or that they are withdrawn. */
type Told = 'nothing' | 'in use' | 'withdrawn';

/** What there is to tell in one pass over all routes. */
interface News {
  readonly pass: number;
  readonly before: Told;
  readonly after: Told;
}

/** What is looked through and told of is work of the lab, which has many routers. */
export interface RouteUseEnvironment {
  readonly observer: Observer;
  readonly work: Work;
}

/**
 * Reports routes of a router that are withdrawn when their interfaces go down, and restored when they come back.
 *
 * A pass over all routes tells what has changed since the last one. It goes on as there is work left, piece by piece,
 * and what changes meanwhile waits for the next pass: however an interface flaps, every route is told of in turn.
 */
export class RouteUse implements Waiting {
  readonly #router: Router;
  readonly #environment: RouteUseEnvironment;
  readonly #news = new WeakMap<Path, News>();
  #pass = 0;
  /** How far the pass has come; undefined when it is over. */
  #at: PrefixKey | undefined;
  #isNextWanted = false;

  constructor(router: Router, environment: RouteUseEnvironment) {
    this.#router = router;
    this.#environment = environment;
  }

  /** To be called when an interface of the router has come up or gone down. */
  look(now: Instant): void {
    const { work } = this.#environment;
    const isBusy = this.#isBusy;
    this.#isNextWanted = true;
    if (isBusy) return;
    while (this.#isBusy && work.isLeft(now)) this.goOn(now);
    if (this.#isBusy) work.wait(this, now);
  }

  /** Ends what is being told: the router is going away. */
  stop(): void {
    this.#at = undefined;
    this.#isNextWanted = false;
  }

  goOn(now: Instant): boolean {
    if (!this.#isBusy) return false;
    if (this.#at === undefined) {
      this.#isNextWanted = false;
      this.#pass += 1;
      this.#at = BEFORE_ALL;
    }
    this.#at = this.#lookAtSome(this.#at, now);
    return this.#isBusy;
  }

  get #isBusy(): boolean {
    return this.#isNextWanted || this.#at !== undefined;
  }

  #lookAtSome(from: PrefixKey, now: Instant): PrefixKey | undefined {
    const { prefixes, lists } = this.#router.routing.rib;
    let looked = 0;
    let told = 0;
    const last = prefixes.visit(from, PIECE, (network, length, number) => {
      looked += 1;
      for (const path of lists.at(number).paths) {
        const { before, after } = this.#newsOf(path);
        // The first use of a route is the start of the lab, not an event.
        if (before === after || before === 'nothing') continue;
        told += 1;
        this.#tell({ network, length }, after === 'withdrawn' ? 'withdrawn' : 'restored', now);
      }
    });
    this.#environment.work.spend(UNITS_FOR_PIECE + looked / LOOKED_AT_IN_UNIT + told * UNITS_FOR_EVENT, now);
    return last;
  }

  #newsOf(path: Path): News {
    const { interfaces } = this.#router;
    const known = this.#news.get(path);
    if (known?.pass === this.#pass) return known;
    const before = known?.after ?? 'nothing';
    const isUp =
      path.nexthops.length === 0 ||
      (!path.isGone && path.nexthops.some((hop) => egressOf(hop, interfaces).up));
    const after = isUp ? 'in use' : before === 'nothing' ? 'nothing' : 'withdrawn';
    const news: News = { pass: this.#pass, before, after };
    this.#news.set(path, news);
    return news;
  }

  #tell(prefix: Prefix, event: 'withdrawn' | 'restored', time: Instant): void {
    const { observer } = this.#environment;
    if (!observer.wants('route')) return;
    observer.notify({ type: 'route', time, router: this.#router.name, event, prefix: formatPrefix(prefix) });
  }
}

/** So many prefixes are looked at in one go. */
const PIECE = 64;
/** What that costs, in units of work. */
const UNITS_FOR_PIECE = 2;
const LOOKED_AT_IN_UNIT = 8;
const UNITS_FOR_EVENT = 2;
