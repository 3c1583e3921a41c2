import { existsSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
// What vitest itself compiles with: TypeScript's own compiler takes half a second to load.
import { transformSync } from 'rolldown/utils';

// `node --import` of this file runs the sources as they are, for tests that need a process of their own.
if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const file = fileURLToPath(url);
  const { code } = transformSync(file, readFileSync(file, 'utf8'), { target: 'es2023' });
  return { format: 'module', source: code, shortCircuit: true };
}
