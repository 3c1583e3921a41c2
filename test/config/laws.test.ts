import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Document, isMap, isScalar, isSeq, parseDocument, type Scalar, visit, type YAMLMap } from 'yaml';
import { describeConfiguration } from '../../src/config/describe.js';
import { jsonSchema } from '../../src/config/json-schema.js';
import { FILE_KEYS } from '../../src/config/keys/file.js';
import { readConfiguration } from '../../src/config/read.js';
import { template } from '../../src/config/template.js';
import type { Section } from '../../src/key.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { EXAMPLE } from './example.js';

const keyText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'x');

/** Every node of a document, with a way to put another value in its place. */
const nodesOf = (document: Document): { readonly replace: (value: unknown) => void }[] => {
  const nodes: { replace: (value: unknown) => void }[] = [];
  visit(document, {
    Pair: (_, pair) => {
      nodes.push({ replace: (value) => { pair.value = document.createNode(value); } });
      nodes.push({ replace: (value) => { pair.key = document.createNode(keyText(value)); } });
    },
    Seq: (_, list) => {
      for (const at of list.items.keys())
        nodes.push({ replace: (value) => { list.items[at] = document.createNode(value); } });
      nodes.push({ replace: (value) => list.items.push(document.createNode(value)) });
    },
    Map: (_, map) => {
      nodes.push({ replace: (value) => { map.items.push(document.createPair(keyText(value), value)); } });
    },
  }); // biome-ignore format: short
  return nodes;
};

const expectSound = (text: string): void => {
  const { configuration, problems } = readConfiguration(text, 'lab.yaml');
  const errors = problems.filter(({ severity }) => severity === 'error');
  expect(configuration === undefined).toBe(errors.length > 0);
  const lines = text.split(/\r\n|\n/);
  let before = 0;
  for (const { line, column, message, fix } of problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
    expect(line).toBeGreaterThanOrEqual(before);
    expect(message).not.toBe('');
    expect(fix).not.toBe('');
    before = line;
  }
  if (configuration !== undefined) describeConfiguration(configuration);
};

const TELLING = [
  'default', 'red', 'r1', 'self', '10.1', '0.0.0.0/0', '192.0.2.1/24', '192.0.2.2', '239.1.1.1', '224.0.0.0/4', '15ms', '15', '5%',
  '__proto__', 'constructor', 'toString', '', null, true, 0, -1, Number.POSITIVE_INFINITY, 255, 70000, [], {}, [null], [[]], { red: {} }, { group: 'x' },
]; // biome-ignore format: a list

describe('whatever stands anywhere in a file', () => {
  it('is read, or refused with places that exist', () => {
    const count = nodesOf(parseDocument(EXAMPLE)).length;
    const change = fc.tuple(
      fc.nat(count - 1),
      fc.oneof(fc.constantFrom(...TELLING), fc.anything({ maxDepth: 2, withNullPrototype: false })),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const document = parseDocument(EXAMPLE);
        const nodes = nodesOf(document);
        let text: string;
        try {
          for (const [at, value] of changes) nodes[at]!.replace(value);
          text = document.toString();
        } catch {
          return; // The yaml package itself cannot write such a value.
        }
        expectSound(text);
      }),
      { numRuns: 400 },
    );
  });

  it('is told without a word of the program’s own, a telling value at every place', () => {
    const count = nodesOf(parseDocument(EXAMPLE)).length;
    for (let at = 0; at < count; at += 1) {
      const value = TELLING[at % TELLING.length];
      const document = parseDocument(EXAMPLE);
      nodesOf(document)[at]!.replace(value);
      expectSound(document.toString());
      for (const { message, fix } of readConfiguration(document.toString(), 'lab.yaml').problems)
        expect(message + fix).not.toMatch(/undefined|\[object/);
    }
  });

  it('also where the text is no YAML at all, or is cut off', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(EXAMPLE.length), (junk, at) => {
        expectSound(junk);
        expectSound(EXAMPLE.slice(0, at));
        expectSound(EXAMPLE.slice(0, at) + junk + EXAMPLE.slice(at));
      }),
      { numRuns: 60 },
    );
  });
});

/** The keys of the format in the example, not the names that users give. */
const keysOf = (document: Document): { readonly key: Scalar<string>; readonly map: YAMLMap }[] => {
  const keys: { key: Scalar<string>; map: YAMLMap }[] = [];
  visit(document, {
    Map: (_, map, ancestors) => {
      const parent = ancestors.at(-1);
      const above =
        typeof parent === 'object' && parent !== null && 'key' in parent && isScalar(parent.key)
          ? parent.key.value
          : '';
      if (['links', 'hosts', 'routers', 'interfaces', 'from'].includes(String(above))) return;
      for (const { key } of map.items) if (isScalar<string>(key)) keys.push({ key, map });
    },
  });
  return keys;
};

describe('every key of the format', () => {
  const keys = keysOf(parseDocument(EXAMPLE));
  const places = keys.map(({ key }, at) => [at, key.value, key.range![0]] as const);

  it('stands in the example', () => {
    const known = new Set<string>();
    const collect = (schema: object): void => {
      for (const [name, value] of Object.entries(schema)) {
        if (name === 'properties') for (const key of Object.keys(value)) known.add(key);
        if (typeof value === 'object' && value !== null) collect(value);
      }
    };
    collect(jsonSchema());
    expect(new Set(keys.map(({ key }) => key.value))).toEqual(known);
  });

  it.each(places)('%i, %s: misspelt, it is an unknown key and the right one is named', (_, key, offset) => {
    const wrong = `${key}x`;
    const text = EXAMPLE.slice(0, offset) + wrong + EXAMPLE.slice(offset + key.length);
    const before = EXAMPLE.slice(0, offset).split('\n');
    const { problems } = readConfiguration(text, 'lab.yaml');
    expect(problems).toContainEqual(
      expect.objectContaining({
        code: 'E-KEY',
        line: before.length,
        column: before.at(-1)!.length + 1,
        message: `unknown key \`${wrong}\``,
        fix: expect.stringContaining(`\`${key}\``),
      }),
    );
  });

  it.each(places)('%i, %s: with a value of the wrong kind, it is an E-TYPE at the value', (at, key) => {
    const document = parseDocument(EXAMPLE);
    const { map } = keysOf(document)[at]!;
    const pair = map.items.find((each) => isScalar(each.key) && each.key.value === key)!;
    const isAddress = key === 'address';
    const isCollection = isSeq(pair.value) || isMap(pair.value);
    pair.value = document.createNode(isCollection && !isAddress ? 'word' : { a: 1 });
    const { problems } = readConfiguration(document.toString(), 'lab.yaml');
    expect(problems.filter(({ code, path }) => code === 'E-TYPE' && path.endsWith(key))).toHaveLength(1);
  });
});

describe('the template with every key', () => {
  /** What stands at a path of the template, any name and any position standing for `*`. */
  const at = (value: unknown, [step, ...rest]: readonly string[]): unknown[] => {
    if (step === undefined) return [value];
    if (typeof value !== 'object' || value === null) return [];
    const inner = Object.entries(value).filter(([name]) => step === '*' || name === step);
    return inner.flatMap(([, each]) => at(each, rest));
  };
  /** Paths of the keys of sections; those of the items of a list are shown as they are used. */
  const paths = (keys: Section, above = ''): string[] =>
    Object.entries(keys).flatMap(([name, key]) => {
      const path = `${above}${name}`;
      if (key.kind === 'section') return paths(key.keys, `${path}.`);
      return key.kind === 'named' ? paths(key.of.keys, `${path}.*.`) : [path];
    });
  const full: unknown = parseDocument(template('full')).toJS();

  /** Where these may be, and whose, depends on the machine. */
  const LOCAL = [
    'control.socket',
    'control.group',
    'control.read-only-socket',
    'http.listen',
    'http.token',
    'capture',
  ];
  /** The same keys as those of the link. */
  const isShownAbove = (path: string): boolean =>
    path.startsWith('links.*.from.') && path !== 'links.*.from.*.delay';
  it.each(paths(FILE_KEYS).filter((path) => !LOCAL.includes(path) && !isShownAbove(path)))(
    'says %s',
    (path) => {
      expect(at(full, path.split('.'))).not.toEqual([]);
    },
  );

  it('gives every key of a router’s icmp and ip its default', () => {
    const { routers } = readConfiguration(template('full'), 'lab.yaml').configuration!;
    const { icmp, ip } = routers.get('r1')!.settings;
    expect({ icmp, ip: { ...ip, loopback: undefined } }).toEqual(DEFAULT_SETTINGS);
  });
});

describe('the JSON Schema', () => {
  it('is of draft 2020-12, closed, and explains every key', () => {
    const schema = jsonSchema();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['version', 'links'],
      additionalProperties: false,
    });
    const walk = (each: object): void => {
      for (const [name, value] of Object.entries(each)) {
        if (name === 'properties')
          for (const [key, property] of Object.entries(value))
            expect(property, key).toHaveProperty('description');
        if (typeof value === 'object' && value !== null) walk(value);
      }
    };
    walk(schema);
  });

  it('offers many keys', () => {
    const offered = new Set<string>();
    const collect = (schema: object, path: string): void => {
      const { properties, additionalProperties, items } = schema as Readonly<
        Record<string, Readonly<Record<string, object>> | undefined>
      >;
      for (const [key, inner] of Object.entries(properties ?? {})) {
        offered.add(`${path}${key}`);
        collect(inner, `${path}${key}.`);
      }
      for (const inner of [additionalProperties, items])
        if (typeof inner === 'object') collect(inner, `${path}*.`);
    };
    collect(jsonSchema(), '');
    expect(offered.size).toBeGreaterThan(80);
  });

  it('has patterns that the values of the example match', () => {
    let matched = 0;
    const walk = (schema: object, value: unknown): void => {
      if ('pattern' in schema && typeof value === 'string') {
        expect(value).toMatch(new RegExp(String(schema.pattern)));
        matched += 1;
      }
      if (typeof value !== 'object' || value === null) return;
      for (const [name, each] of Object.entries(value)) {
        const {
          properties = {},
          additionalProperties,
          items,
        } = schema as {
          readonly properties?: Readonly<Record<string, object>>;
          readonly additionalProperties?: object | false;
          readonly items?: object;
        };
        const inner = items ?? properties[name] ?? additionalProperties;
        if (inner !== undefined && inner !== false) walk(inner, each);
      }
    };
    walk(jsonSchema(), parseDocument(EXAMPLE).toJS());
    expect(matched).toBeGreaterThan(40);
  });
});

describe('a configuration that is described', () => {
  it.each(['minimal', 'usual', 'full'] as const)('is read again as the same: %s', (kind) => {
    const { configuration, problems } = readConfiguration(template(kind), 'lab.yaml');
    expect(problems).toEqual([]);
    const text = JSON.stringify(describeConfiguration(configuration!));
    expect(readConfiguration(text, 'lab.yaml')).toMatchObject({ problems: [], omitted: 0 });
    expect(readConfiguration(text, 'lab.yaml').configuration).toEqual(configuration);
  });

  it('is read again as the same, with all that can differ from the defaults', () => {
    const unavailable = ['http', 'capture'];
    const document = parseDocument(EXAMPLE);
    visit(document, {
      Pair: (_, { key }) =>
        isScalar(key) && unavailable.includes(String(key.value)) ? visit.REMOVE : undefined,
    });
    const { configuration, problems } = readConfiguration(document.toString(), 'lab.yaml');
    expect(problems).toEqual([]);
    const described = JSON.stringify(describeConfiguration(configuration!));
    expect(readConfiguration(described, 'lab.yaml').configuration).toEqual(configuration);
  });
});
