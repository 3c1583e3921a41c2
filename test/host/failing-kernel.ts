import type { Kernel } from '../../src/tun/kernel.js';

/** A kernel whose calls fail at the moments that a test chooses. */
export class FailingKernel {
  readonly kernel: Kernel;
  /** How many calls it has had. */
  count = 0;
  /** The call that fails; the first is 1. */
  failsAt: number;

  constructor(real: Kernel, failsAt = Number.POSITIVE_INFINITY) {
    this.failsAt = failsAt;
    this.kernel = new Proxy(real, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== 'function' || name === 'closeTogether') return found;
        return (...args: unknown[]) => {
          this.count += 1;
          if (this.count === this.failsAt)
            throw Object.assign(new Error('refused by the test'), { code: 'EPERM' });
          return found.apply(target, args);
        };
      },
    });
  }
}
