import { isMap, isScalar, parseDocument, type Scalar, visit } from 'yaml';
import type { Problem } from '../../src/config/configuration.js';

/** A change that a fix suggests. */
export type Suggestion =
  | { readonly kind: 'replace'; readonly by: string }
  | { readonly kind: 'add'; readonly key: string; readonly value: string }
  | { readonly kind: 'remove' };

/**
 * What a fix suggests to type: `…` after a verb is pasted in place of what the problem points at, `key: value` is
 * added to the mapping it is about, and “remove it” removes the entry.
 */
export const suggestionsOf = ({ fix }: Problem): readonly Suggestion[] => [
  ...[...fix.matchAll(/(?:\bwrite|such as|\bmean|\bor|\bset|\badd) `([^`]+)`/g)].map(
    ([, text = '']): Suggestion => {
      const [, key, value] = /^([\w-]+): (.*)$/.exec(text) ?? [];
      if (key !== undefined && value !== undefined) return { kind: 'add', key, value };
      return { kind: 'replace', by: text };
    },
  ),
  ...(/^remove it(?![^,;])/.test(fix) ? [{ kind: 'remove' } as const] : []),
];

/** What stands in backticks and is not suggested: names of keys and commands, which say nothing about a value. */
export const advisedIn = ({ fix }: Problem): readonly string[] => {
  const suggested = fix.replaceAll(/(?:\bwrite|such as|\bmean|\bor|\bset|\badd) `[^`]+`/g, '');
  return [...suggested.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
};

/** The file after somebody did what a fix suggests. */
export const applied = (text: string, problem: Problem, suggestion: Suggestion): string => {
  const steps = stepsOf(problem.path);
  const document = parseDocument(text);
  if (suggestion.kind === 'remove') {
    document.deleteIn(steps);
    return document.toString();
  }
  if (suggestion.kind === 'add') {
    const into = steps.at(-1) === suggestion.key ? steps.slice(0, -1) : steps;
    const { contents } = parseDocument(suggestion.value);
    const missing = into.length === 0 || isMap(document.getIn(into)) ? into : into.slice(0, -1);
    document.setIn([...missing, suggestion.key], contents);
    return document.toString();
  }
  if (document.getIn(steps) === null) {
    document.setIn(steps, parseDocument(suggestion.by).contents);
    return document.toString();
  }
  const offset = offsetOf(text, problem);
  let end = offset;
  visit(document, (_, node) => {
    const range = (node as Partial<Scalar>)?.range;
    if (range?.[0] === offset && (isScalar(node) || end === offset)) end = range[1];
  });
  return `${text.slice(0, offset)}${suggestion.by}${text.slice(end)}`;
};

const stepsOf = (path: string): (string | number)[] =>
  [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, at, key = '']) =>
    at === undefined ? key : Number(at),
  );

const offsetOf = (text: string, { line, column }: Problem): number =>
  text
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, each) => sum + each.length + 1, 0) +
  column -
  1;
