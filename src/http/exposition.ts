/** One number, and what it is of. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric, read from its source sample by sample when it is asked for. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: () => Iterable<Sample>;
}

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Metrics as text, a sample at a time. Source: Prometheus, text exposition format 0.0.4.
 *
 * Its usual library writes all at once (measured: 40 ms for 200 routers, in which nothing is forwarded).
 */
export function* exposition(metrics: Iterable<Metric>): Generator<string, void> {
  let before = '';
  for (const { name, type, help, samples } of metrics) {
    yield `${before}# HELP ${name} ${help}\n# TYPE ${name} ${type}`;
    for (const [labels, value] of samples()) yield `\n${name}${labelText(labels)} ${value}`;
    before = '\n\n';
  }
}

const labelText = (labels: Readonly<Record<string, string>>): string => {
  const texts = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return texts.length === 0 ? '' : `{${texts.join()}}`;
};

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
