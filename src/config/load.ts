import { Failure } from '../failure.js';
import type { Configuration } from './configuration.js';
import { formatProblems } from './problem.js';
import { readConfiguration } from './read.js';
import { nameOf, readText } from './read-text.js';

/**
 * Reads and checks a configuration file; `-` is stdin.
 *
 * Throws a `Failure` (3) if it cannot be read, or has errors: its message lists all of them, each with its place, its
 * line and its fix.
 */
export const loadConfiguration = (path: string): Configuration => {
  const text = readText(path);
  const read = readConfiguration(text, nameOf(path));
  if (read.configuration !== undefined) return read.configuration;
  const problems = read.problems.filter(({ severity }) => severity === 'error');
  throw new Failure(3, [...formatProblems({ ...read, problems }, text, false)].join('\n'));
};
