/** One number of the text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{((?:${LABEL}(?:,${LABEL})*)?)\\})? (NaN|[+-]?(?:Inf|\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?))$`,
);
const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/**
 * Reads Prometheus' text format, and throws where it is not exactly that: each metric has its help and type before its
 * samples, which stand together, each once; counters end in `_total`, and nothing else does.
 */
export const parsePrometheus = (text: string): readonly Sample[] => {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  let current = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const help = new RegExp(`^# HELP (${NAME}) \\S.*$`).exec(line);
    const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge)$`).exec(line);
    if (help !== null) {
      current = help[1]!;
      if (types.has(current)) throw new Error(`${current} begins twice`);
    } else if (type !== null) {
      if (type[1] !== current) throw new Error(`the type of ${type[1]} has no help before it`);
      if ((type[2] === 'counter') !== current.endsWith('_total'))
        throw new Error(`${current} is a ${type[2]}`);
      types.set(current, type[2]!);
    } else {
      const sample = SAMPLE.exec(line);
      if (sample === null) throw new Error(`not a sample: ${line}`);
      if (sample[1] !== current || !types.has(current)) throw new Error(`out of place: ${line}`);
      const of = `${sample[1]}{${sample[2] ?? ''}}`;
      if (seen.has(of)) throw new Error(`twice: ${of}`);
      seen.add(of);
      const labels = [...(sample[2] ?? '').matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(
        ([, name, value]) => [name!, value!.replace(/\\(.)/g, (_, letter: string) => UNESCAPED[letter]!)],
      );
      samples.push({ name: current, labels: Object.fromEntries(labels), value: Number(sample[3]) });
    }
  }
  return samples;
};
