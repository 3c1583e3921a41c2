import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../src/config/configuration.js';

/** What is expected to be said under a title; where the file is to be written, what is said. */
export type Expected = (title: string, found: string) => string | undefined;

/**
 * What is said of each mistake as it stands in a file of this folder, under its title.
 *
 * `TUNPIKE_GOLDEN=1` writes the file again: read what has changed in it.
 */
export const saidIn = (name: string): Expected => {
  const file = join(import.meta.dirname, name);
  const blocks = existsSync(file) ? readFileSync(file, 'utf8').split(/^# /m).slice(1) : [];
  const known = new Map(
    blocks.map((block): [title: string, problems: string] => {
      const end = block.indexOf('\n');
      return [block.slice(0, end), block.slice(end + 1)];
    }),
  );
  if (process.env.TUNPIKE_GOLDEN === undefined) return (title) => known.get(title);
  const written = new Map<string, string>();
  return (title, found) => {
    written.set(title, found);
    writeFileSync(file, [...written].map(([each, text]) => `# ${each}\n${text}`).join(''));
    return found;
  };
};

/** The problems of a file, each with its place, its path and its fix. */
export const saying = (problems: readonly Problem[]): string =>
  problems
    .map(
      ({ line, column, severity, code, path, message, fix }) =>
        `${line}:${column} ${severity} ${code} ${path}: ${message}\n  fix: ${fix}\n`,
    )
    .join('');
