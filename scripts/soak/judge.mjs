/** What may be more at the end of the second half than at its begin: in megabytes, or descriptors. */
const ALLOWED = { heap: 2, rss: 16, descriptors: 3 };
/** Or, in parts of what there was in the middle. */
const ALLOWED_PART = { heap: 0.05, rss: 0.1, descriptors: 0 };
/** How many standard errors a rise must be to be one. */
const CERTAIN = 4;

/**
 * The straight line through points: its slope, and the standard error of that.
 *
 * Source: least squares.
 */
export const line = (points) => {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point[0])), mean(points.map((point) => point[1]))];
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread;
  const residue = points.reduce((sum, point) => sum + (point[1] - y - slope * (point[0] - x)) ** 2, 0);
  return { slope, error: Math.sqrt(residue / Math.max(1, points.length - 2) / spread), middle: y };
};

/** How much a figure rose over the second half, and whether that is more than chance and more than allowed. */
export const rise = (samples, figure) => {
  const half = samples.slice(Math.floor(samples.length / 2));
  const { slope, error, middle } = line(half.map((sample) => [sample.seconds, sample[figure]]));
  const more = slope * (half.at(-1).seconds - half[0].seconds);
  const allowed = Math.max(ALLOWED[figure], ALLOWED_PART[figure] * middle);
  return { more, allowed, isGrowing: more > allowed && slope > CERTAIN * error };
};

/** What is wrong with a router's ledger; undefined where it adds up. */
export const ledgerFault = ({ router, received, forwarded, delivered, dropped, held }) => {
  const sum = forwarded + delivered + dropped + held;
  return sum === received
    ? undefined
    : `${router}: received ${received}, but forwarded + delivered + dropped + held = ${sum}`;
};

/** Everything that a soak must not have shown, a line each. */
export const judge = (samples) => {
  if (samples.length < 6) return ['too short: fewer than six samples'];
  const growing = Object.keys(ALLOWED).flatMap((figure) => {
    const { more, allowed, isGrowing } = rise(samples, figure);
    const [shown, most] = [more.toFixed(1), allowed.toFixed(1)];
    return isGrowing ? [`${figure} grows: ${shown} more over the second half, ${most} allowed`] : [];
  });
  const faults = samples.flatMap(({ seconds, ledgers }) =>
    ledgers.flatMap((ledger) => {
      const fault = ledgerFault(ledger);
      return fault === undefined ? [] : [`after ${seconds.toFixed(0)} s, ${fault}`];
    }),
  );
  const idle = samples
    .at(-1)
    .ledgers.filter(({ forwarded }, at) => forwarded === samples[0].ledgers[at].forwarded);
  return [...growing, ...faults, ...idle.map(({ router }) => `${router} forwarded nothing`)];
};
