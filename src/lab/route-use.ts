import { formatPrefix, type Prefix } from '../address.js';
import type { Observer } from '../event.js';
import { egressOf } from '../ip/fib.js';
import type { Path } from '../ip/path-list.js';
import { BEFORE_ALL, type PrefixKey } from '../ip/prefix-table.js';
import type { Router } from '../router/router.js';
import { type Instant, NEVER, START } from '../time.js';

/** So many prefixes are looked at in one go, and so many routes are told of. */
const PREFIXES_AT_ONCE = 4096;
const TOLD_AT_ONCE = 512;

/** What was told of the routes that lead one way: nothing yet, that they are in use, or that they are withdrawn. */
type Told = 'nothing' | 'in use' | 'withdrawn';

/** What there is to tell in one pass over all routes. */
interface News {
  readonly pass: number;
  readonly before: Told;
  readonly after: Told;
}

/**
 * Reports routes that are withdrawn when their interfaces go down, and restored when they come back.
 *
 * A pass over all routes tells what has changed since the last one. Where they are many it is done in parts, and
 * what changes meanwhile waits for the next pass: however an interface flaps, every route is told of in turn.
 */
export class RouteUse {
  readonly #observer: Observer;
  readonly #news = new WeakMap<Path, News>();
  #pass = 0;
  /** How far the pass has come; undefined when it is over. */
  #at: PrefixKey | undefined;
  #isNextWanted = false;
  #deadline: Instant = NEVER;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /** To be called when an interface of the router has come up or gone down. */
  look(router: Router, now: Instant): void {
    this.#isNextWanted = true;
    if (this.#at === undefined) this.poll(router, now);
  }

  /** Goes on with a pass that is not over. */
  poll(router: Router, now: Instant): void {
    if (this.#at === undefined) {
      if (!this.#isNextWanted) return;
      this.#isNextWanted = false;
      this.#pass += 1;
      this.#at = BEFORE_ALL;
    }
    this.#at = this.#lookAtSome(router, this.#at, now);
    this.#deadline = this.#at === undefined && !this.#isNextWanted ? NEVER : START;
  }

  nextDeadline(): Instant {
    return this.#deadline;
  }

  #lookAtSome(router: Router, from: PrefixKey, now: Instant): PrefixKey | undefined {
    const { prefixes, lists } = router.routing.rib;
    let told = 0;
    let last: PrefixKey | undefined = from;
    for (
      let looked = 0;
      last !== undefined && looked < PREFIXES_AT_ONCE && told < TOLD_AT_ONCE;
      looked += PIECE
    )
      last = prefixes.visit(last, PIECE, (network, length, number) => {
        for (const path of lists.at(number).paths) {
          const { before, after } = this.#newsOf(path, router);
          // The first use of a route is the start of the lab, not an event.
          if (before === after || before === 'nothing') continue;
          told += 1;
          this.#tell(router, { network, length }, after === 'withdrawn' ? 'withdrawn' : 'restored', now);
        }
      });
    return last;
  }

  #newsOf(path: Path, { interfaces }: Router): News {
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

  #tell(router: Router, prefix: Prefix, event: 'withdrawn' | 'restored', time: Instant): void {
    if (!this.#observer.wants('route')) return;
    this.#observer.notify({ type: 'route', time, router: router.name, event, prefix: formatPrefix(prefix) });
  }
}

const PIECE = 256;
