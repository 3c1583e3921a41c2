import type { DropReason } from '../../drop-reason.js';
import type { ExplainedError, ExplainedStep, Explanation } from '../../explanation.js';

/** A drop on the way, and the error that answers it. */
interface Drop {
  readonly reason: DropReason;
  readonly icmp: ExplainedError | null;
}

/** What a walk finds: its steps, and where the datagram and its copies end. */
export class Outcome {
  readonly steps: ExplainedStep[] = [];
  /** Every host whose device gets it. */
  readonly heard = new Set<string>();
  /** The hosts among them that it is for, as far as anybody but their kernels knows. */
  readonly wanted = new Set<string>();
  readonly routers = new Set<string>();
  readonly drops: Drop[] = [];
  isToMany = false;

  step(at: string, what: ExplainedStep['what'], detail: string, source: string): void {
    this.steps.push({ at, what, detail, source });
  }

  drop(reason: DropReason, icmp: ExplainedError | null = null): void {
    this.drops.push({ reason, icmp });
  }

  /** One verdict on all of it: a host is worth more than a router, and anybody more than a drop. */
  get explanation(): Explanation {
    const { steps } = this;
    const names = (all: ReadonlySet<string>) => (this.isToMany ? [...all] : [...all][0]!);
    if (this.wanted.size > 0)
      return { verdict: 'forwarded', steps, icmp: null, delivered: names(this.wanted) };
    if (this.routers.size > 0)
      return { verdict: 'delivered', steps, icmp: null, delivered: names(this.routers) };
    const { reason, icmp } = this.drops[0] ?? NOBODY;
    return { verdict: 'dropped', reason, steps, icmp, delivered: null };
  }
}

const NOBODY: Drop = { reason: 'multicast-no-member', icmp: null };
