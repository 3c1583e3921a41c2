import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { template } from '../../src/config/template.js';
import { templateLines } from '../../src/config/template-section.js';
import {
  choice,
  decimal,
  flag,
  leaf,
  list,
  named,
  noted,
  oneOrMore,
  section,
  several,
  text,
  whole,
} from '../../src/key.js';

const FULL = join(import.meta.dirname, 'full.yaml');

it('the template with every key is full.yaml; `TUNPIKE_GOLDEN=1` writes it again', () => {
  if (process.env.TUNPIKE_GOLDEN !== undefined) writeFileSync(FULL, template('full'));
  expect(template('full')).toBe(readFileSync(FULL, 'utf8'));
});

describe('a key of a template', () => {
  it('has its comment where others have theirs, if there is room for a blank before it, or right behind', () => {
    const columnAfter = (length: number): number =>
      templateLines({ ['k'.repeat(length - 3)]: noted('note', whole('', 1, 9, 1)) }, 0).indexOf('#');
    expect([4, 31, 32, 51, 52, 53].map(columnAfter)).toEqual([32, 32, 52, 52, 54, 55]);
  });

  it('stands on one line with all that is in it up to a hundred characters, or else above it', () => {
    const linesOf = (length: number): string =>
      templateLines({ s: section('', { ['k'.repeat(length - 12)]: whole('', 1, 9, 1) }) }, 2);
    expect(linesOf(100)).toBe(`  s: { ${'k'.repeat(88)}: 1 }`);
    expect(linesOf(101)).toBe(`  s:\n    ${'k'.repeat(89)}: 1`);
  });

  it.each([
    ['a flag', flag('', true), 'true'],
    ['a flag without a default', flag(''), 'false'],
    ['a number', whole('', 5, 9, 7), '7'],
    ['a number without a default', whole('', 5, 9), '5'],
    ['a fraction', decimal('', 0.5, 9), '0.5'],
    ['a text', text('', 9), 'text'],
    ['a mode', leaf('mode', '', 0o660), '"0660"'],
    ['a mode without a default', leaf('mode', ''), '"0660"'],
    ['a choice', choice('', ['a', 'b'], 'b'), 'b                            # a | b'],
    ['a choice without a default', choice('', ['a', 'b']), 'a                            # a | b'],
    ['a list', list('', leaf('name', '')), '[]'],
    ['a list with a default', several('', ['a', 'b'], ['a', 'b']), '[a, b]'],
    ['a list that may not be empty', list('', leaf('name', ''), { least: 1 }), '[red]'],
    ['a list that may be empty', list('', leaf('name', ''), { most: 3 }), '[]'],
    ['one or more', oneOrMore('', leaf('interface-address', ''), 9), '[198.51.100.10/24]'],
    ['names', named('', '', section('', { a: flag('') })), '{}'],
    ['a section', section('', { a: flag(''), b: section('', {}) }), '{ a: false, b: {} }'],
  ] as const)('shows its default, or an example: %s', (_, key, value) => {
    expect(templateLines({ k: key }, 0)).toBe(`k: ${value}`);
  });

  it('is left out, or shows another value, where a sample says so', () => {
    const keys = { a: flag('', true), b: flag('', true), c: flag('', true) };
    expect(templateLines(keys, 0, { a: undefined, c: false })).toBe('b: true\nc: false');
  });

  it('has its words and its note, or its description for a note, in its comment', () => {
    const comments = (key: Parameters<typeof noted>[1]): string => templateLines({ k: key }, 0).slice(32);
    expect(comments(noted('why', choice('what', ['a', 'b'])))).toBe('# a | b why');
    expect(comments(noted(true, choice('what', ['a', 'b'])))).toBe('# a | b what');
    expect(comments(noted(true, flag('what')))).toBe('# what');
    expect(comments(flag('what'))).toBe('');
  });

  describe('that is a long section', () => {
    const long = 'k'.repeat(60);
    const on = choice('', ['on', 'off'], 'on');

    it('has the words above, once, where all its keys have the same', () => {
      expect(templateLines({ s: section('', { [`${long}a`]: on, [`${long}b`]: on }) }, 0)).toBe(
        `s:                              # on | off\n  ${long}a: on\n  ${long}b: on`,
      );
    });

    it('has them beside each key where they differ, where there is one key, and where some have none', () => {
      const beside = (key: string, words: string): string =>
        `  ${`${key}: ${words.split(' ')[0]}`}  # ${words}`;
      const other = choice('', ['on', 'auto'], 'on');
      expect(templateLines({ s: section('', { [`${long}a`]: on, [`${long}b`]: other }) }, 0)).toBe(
        ['s:', beside(`${long}a`, 'on | off'), beside(`${long}b`, 'on | auto')].join('\n'),
      );
      const three = section('', { [`${long}a`]: on, [`${long}b`]: on, [`${long}c`]: other });
      expect(templateLines({ s: three }, 0).split('\n')[0]).toBe('s:');
      expect(templateLines({ s: section('', { [long + long]: on }) }, 0)).toBe(
        ['s:', beside(long + long, 'on | off')].join('\n'),
      );
      expect(templateLines({ s: section('', { [`${long}a`]: on, [`${long}b`]: flag('', true) }) }, 0)).toBe(
        ['s:', beside(`${long}a`, 'on | off'), `  ${long}b: true`].join('\n'),
      );
      const noteOnly = noted('all of it', section('', { [`${long}a`]: flag(''), [`${long}b`]: on }));
      expect(templateLines({ s: noteOnly }, 0).split('\n')[0]).toBe(
        's:                              # all of it',
      );
    });
  });

  it.each([
    'word', '/a/path', '10.0.0.1/24', '50%', '1', '0x10', '1e3', 'true', 'False', 'NULL', 'trueish', '', 'a b', 'a: b', '# a', '-a', 'Infinity', "it's",
    '127.0.0.1:80', 'a"b', '[a]', '*a',
  ])('is read as the text that it shows: %s', (value) => {
    expect(parse(templateLines({ k: text('', 99) }, 0, { k: value }))).toEqual({ k: value });
  }); // biome-ignore format: a list

  it('has quotes only where YAML or a person needs them', () => {
    const shown = (value: unknown): string => templateLines({ k: text('', 99) }, 0, { k: value }).slice(3);
    for (const plain of ['word', '/a/path', '10.0.0.1/24', '50%', 'trueish', 'a-b'])
      expect(shown(plain)).toBe(plain);
    for (const quoted of ['1', '0x10', 'true', 'FALSE', 'null', '', 'a b', '-a', 'a:b', '[a]'])
      expect(shown(quoted)).toBe(`"${quoted}"`);
    expect([shown(1), shown(true), shown([1, 'a b']), shown({ a: null })]).toEqual([
      '1',
      'true',
      '[1, "a b"]',
      '{ a: null }',
    ]);
  });
});
