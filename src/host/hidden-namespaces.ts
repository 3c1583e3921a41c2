import { type Mount, readMounts } from './mountinfo.js';
import { namespaceFile } from './namespaces.js';

/**
 * Finds namespaces that still have their names beneath what somebody has mounted there since, on the very name or on a
 * folder above it: nothing can be done with them, and they are there again when that is unmounted.
 */
export class HiddenNamespaces {
  readonly #mounts: readonly Mount[];
  readonly #byId: ReadonlyMap<string, Mount>;

  constructor(mountinfo?: string) {
    this.#mounts = readMounts(mountinfo);
    this.#byId = new Map(this.#mounts.map((mount) => [mount.id, mount]));
  }

  /**
   * Where to unmount, the topmost first, so that the namespace of this identity is seen under its name again; undefined
   * where it is not hidden there.
   */
  coversOf(name: string, identity: string): readonly string[] | undefined {
    const root = `net:[${identity.slice(0, identity.indexOf('@'))}]`;
    const point = namespaceFile(name);
    const covers = this.#mounts
      .filter((mount) => mount.root === root && mount.point === point)
      .map((mount) => this.#above(mount))
      // Mounts that are shared are listed more than once.
      .sort((a, b) => a.length - b.length)[0];
    return covers === undefined || covers.length === 0
      ? undefined
      : covers.map((mount) => mount.point).reverse();
  }

  /** What lies on a mount, or on what it stands on, and hides it. */
  #above(own: Mount): readonly Mount[] {
    /** How far a path is followed in each mount on the way to this one, before it goes on in the next. */
    const ways = new Map([[own.id, own.point]]);
    let next = own;
    for (let at = this.#byId.get(own.parent); at !== undefined && !ways.has(at.id); ) {
      ways.set(at.id, next.point);
      next = at;
      at = this.#byId.get(at.parent);
    }
    const covers: Mount[] = [];
    for (const mount of this.#mounts) {
      const way = ways.get(mount.parent);
      if (way === undefined || ways.has(mount.id) || !`${way}/`.startsWith(`${mount.point}/`)) continue;
      ways.set(mount.id, own.point);
      covers.push(mount);
    }
    return covers;
  }
}
