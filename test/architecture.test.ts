import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'src');

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .sort();
const nativeFiles = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.[ch]$/.test(file))
  .sort();
const textOf = (file: string): string => readFileSync(join(SOURCE, file), 'utf8');
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

/** The words that everybody may use: files of `src/` itself that import nothing but each other. */
const VOCABULARY = [
  'address.ts', 'book.ts', 'counters.ts', 'drop-reason.ts', 'event.ts', 'explanation.ts', 'failure.ts', 'filter.ts', 'hop.ts', 'impairments.ts', 'interface.ts', 'key.ts', 'name.ts',
  'parcel.ts', 'pieces.ts', 'presets.ts', 'random.ts', 'same-items.ts', 'section.ts', 'settings.ts', 'time.ts', 'timers.ts',
]; // biome-ignore format: a list of words

/** The core: pure, clocked from outside, importing nothing from outside `src/`. */
const CORE_ROOMS: Readonly<Record<string, readonly string[]>> = {
  ip: [],
  icmp: ['ip'],
  igmp: ['ip'],
  offload: ['ip'],
  link: ['offload'],
  router: ['ip', 'icmp', 'igmp', 'offload'],
};

/** Who may import whom, room by room, beside itself and the vocabulary; a file of `src/` itself goes by its own name. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ...CORE_ROOMS,
  'version.ts': [],
  'owned-file.ts': [],
  'make-folders.ts': [],
  text: [],
  change: ['igmp', 'ip', 'link', 'text'],
  tun: ['offload'],
  config: ['change', 'igmp', 'text'],
  lab: ['change', 'config', 'icmp', 'igmp', 'ip', 'link', 'offload', 'router', 'text', 'tun'],
  host: ['config', 'make-folders.ts', 'owned-file.ts', 'text', 'tun'],
  observe: ['config', 'igmp', 'ip', 'lab', 'link', 'owned-file.ts', 'router', 'text'],
  control: ['config', 'host', 'make-folders.ts', 'observe', 'owned-file.ts', 'text'],
  http: ['control', 'igmp', 'lab', 'observe', 'router'],
  // In a browser: types, and what DOM-less words the server hands out as they are.
  dashboard: ['http', 'observe'],
  runtime: [
    'change',
    'config',
    'control',
    'host',
    'http',
    'icmp',
    'igmp',
    'lab',
    'observe',
    'owned-file.ts',
    'router',
    'text',
    'tun',
    'version.ts',
  ],
  cli: [
    'change',
    'config',
    'control',
    'host',
    'igmp',
    'make-folders.ts',
    'observe',
    'owned-file.ts',
    'runtime',
    'text',
    'tun',
    'version.ts',
  ],
  'main.ts': ['cli'],
  'index.ts': ['config', 'igmp', 'lab', 'observe', 'router', 'runtime', 'tun'],
};

const CORE = [...VOCABULARY, ...Object.keys(CORE_ROOMS)];

const placeOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file);
const isCore = (file: string): boolean => CORE.includes(placeOf(file));

const importsOf = (file: string): string[] => {
  const text = withoutComments(textOf(file));
  const statements = text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'/gm);
  const calls = text.matchAll(/\bimport\('([^']+)'\)/g);
  return [...statements, ...calls].map((match) => match[1]!);
};

const resolved = (file: string, specifier: string): string =>
  relative(SOURCE, normalize(join(SOURCE, dirname(file), specifier))).replace(/\.js$/, '.ts');

describe('the architecture', () => {
  it.each(files)('a room imports only what it may: %s', (file) => {
    const allowed = VOCABULARY.includes(file)
      ? VOCABULARY
      : [...VOCABULARY, placeOf(file), ...(MAY_IMPORT[placeOf(file)] ?? [])];
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.'))
        expect(allowed, `${file} imports ${specifier}`).toContain(placeOf(resolved(file, specifier)));
      else expect(isCore(file), `${file} imports ${specifier} from outside src/`).toBe(false);
    }
  });

  it.each(files.filter(isCore))('the core has no clock, no dice and no process: %s', (file) => {
    const text = withoutComments(textOf(file));
    for (const word of [
      'Date.now',
      'new Date',
      'performance.now',
      'Math.random',
      'setTimeout',
      'setInterval',
      'process.',
      'async ',
      'EventEmitter',
    ])
      expect(text.includes(word), `${file} says ${word}`).toBe(false);
  });

  it('only the log imports pino', () => {
    for (const file of files)
      if (importsOf(file).some((each) => each.startsWith('pino'))) expect(file).toBe('observe/log.ts');
  });

  it.each([...files, ...nativeFiles])('a source file stays under 300 lines: %s', (file) => {
    expect(textOf(file).split('\n').length).toBeLessThanOrEqual(301);
  });

  it('no file is named after nothing in particular', () => {
    for (const file of files)
      expect(file).not.toMatch(/(^|\/)(utils?|helpers?|common|managers?|types|misc)(\.ts|\/)/);
  });

  it('what runs in a browser takes from elsewhere only types, and the reasons of drops', () => {
    for (const file of files.filter((each) => each.startsWith('dashboard/')))
      for (const [, kind, from] of withoutComments(textOf(file)).matchAll(
        /^(import|export)(?! type\b)[^;]*?\bfrom '(\.\.\/[^']+)'/gm,
      ))
        expect(from, `${file}: ${kind} from ${from}`).toBe('../drop-reason.js');
  });

  it('imports run in no circle', () => {
    const graph = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter((each) => each.startsWith('.'))
          .map((each) => resolved(file, each)),
      ]),
    );
    const finished = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path, `a circle: ${[...path, file].join(' → ')}`).not.toContain(file);
      if (finished.has(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      finished.add(file);
    };
    for (const file of files) visit(file, []);
  });
});
