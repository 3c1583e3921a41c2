import { formatPrefix } from '../address.js';
import type { Observer } from '../event.js';
import { egressOf } from '../ip/fib.js';
import type { Route } from '../ip/rib.js';
import type { Router } from '../router/router.js';
import type { Instant } from '../time.js';

/** Reports routes that are withdrawn when their interfaces go down, and restored when they come back. */
export class RouteUse {
  readonly #observer: Observer;
  readonly #inUse = new Set<Route>();
  readonly #withdrawn = new Set<Route>();

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /** To be called when an interface of the router has come up or gone down. */
  look(router: Router, now: Instant): void {
    for (const route of router.routing.rib) {
      if (route.nexthops.length === 0) continue;
      if (!route.nexthops.some((hop) => egressOf(hop, router.interfaces).up)) {
        if (!this.#inUse.delete(route)) continue;
        this.#withdrawn.add(route);
        this.#tell(router, route, 'withdrawn', now);
      } else if (!this.#inUse.has(route)) {
        this.#inUse.add(route);
        // The first use of a route is the start of the lab, not an event.
        if (this.#withdrawn.delete(route)) this.#tell(router, route, 'restored', now);
      }
    }
  }

  #tell(router: Router, route: Route, event: 'withdrawn' | 'restored', time: Instant): void {
    if (!this.#observer.wants('route')) return;
    const prefix = formatPrefix(route.prefix);
    this.#observer.notify({ type: 'route', time, router: router.name, event, prefix });
  }
}
