import type { DropReason } from '../../drop-reason.js';
import type { ExplainedStep } from '../../explanation.js';
import type { Attachment } from '../../link/attachments.js';
import type { Link } from '../../link/link.js';
import { formatDuration, formatRate, formatShare } from '../../text/quantities.js';
import { milliseconds } from '../../time.js';

/** What the impairments of a link do to what one sender sends. */
export interface Crossing {
  readonly steps: readonly ExplainedStep[];
  /** Why it does not come out at the other end, if that is certain. */
  readonly reason: DropReason | undefined;
}

/** What happens on the way over a link. Draws nothing: chance is told as a chance. */
export const crossing = ({ name, directions }: Link, sender: Attachment): Crossing => {
  const way = directions.of(sender.owner);
  if (!way.isImpaired) return { steps: [], reason: undefined };
  const { settings, queued } = way.direction;
  const { loss = 0, burst = 0, duplicate = 0, reorder = 0, corrupt = 0 } = settings;
  const { delay = 0, jitter = 0, rate = 0, queue = 0 } = settings;
  const own = directions.impairments.from.get(sender.owner);
  const steps: ExplainedStep[] = [];
  const told = (what: 'link' | 'held', key: keyof typeof settings, detail: string): void => {
    const place = own?.[key] === undefined ? '' : `.from.${sender.owner}`;
    steps.push({ at: name, what, detail, source: `links.${name}${place}.${key}` });
  };
  if (loss > 0)
    told('link', 'loss', `loss ${formatShare(loss)}${burst > 1 ? `, in bursts of ${burst}` : ''}`);
  if (loss >= 1) return { steps, reason: 'link-loss' };
  if (corrupt > 0) told('link', 'corrupt', `corrupt ${formatShare(corrupt)}`);
  if (duplicate > 0) told('link', 'duplicate', `duplicate ${formatShare(duplicate)}`);
  if (reorder > 0) told('link', 'reorder', `reorder ${formatShare(reorder)}`);
  if (delay === 0 && jitter === 0 && rate === 0) return { steps, reason: undefined };
  if (queue > 0 && queued + 1 > queue) {
    told('held', 'queue', `all ${queue} places of the queue are taken`);
    return { steps, reason: 'link-queue' };
  }
  const ahead = queued === 0 ? '' : `, ${queued} before it`;
  if (rate > 0) told('held', 'rate', `rate ${formatRate(rate)}${ahead}`);
  const [mean, spread] = [delay, jitter].map((each) => formatDuration(milliseconds(each)));
  if (delay > 0 || jitter > 0)
    told('held', delay > 0 ? 'delay' : 'jitter', `delay ${mean}${jitter > 0 ? ` ± ${spread}` : ''}`);
  return { steps, reason: undefined };
};
