import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type { Context } from 'hono';

/** A file that the dashboard is made of. */
export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Changes with the content. Source: RFC 9110 §8.8.3. */
  readonly tag: string;
}

/** The files of the dashboard, by the path that they are asked for: what is not here is not served. */
export type Page = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Reads the dashboard, once: 200 kB. `dist` is where the program is built.
 *
 * Modules are asked for as they import each other, so the paths here are those of the files; uPlot's come from its
 * package.
 */
export const readPage = (dist: string): Page => {
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot'));
  const files = new Map<string, string>([
    ['/', join(dist, 'dashboard', 'index.html')],
    ['/drop-reason.js', join(dist, 'drop-reason.js')],
    ['/dashboard/vendor/uplot.js', join(uplot, 'uPlot.esm.js')],
    ['/dashboard/vendor/uplot.css', join(uplot, 'uPlot.min.css')],
  ]);
  for (const name of readdirSync(join(dist, 'dashboard')))
    if (['.js', '.css', '.svg'].includes(extname(name)))
      files.set(`/dashboard/${name}`, join(dist, 'dashboard', name));
  return new Map([...files].map(([path, file]) => [path, fileOf(file)]));
};

const fileOf = (file: string): PageFile => {
  const body = new Uint8Array(readFileSync(file));
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { type: TYPES[extname(file)] ?? 'application/octet-stream', body, tag: `"${tag}"` };
};

/** Answers with a file, or that the client has it already. Sources: RFC 9110 §13.1.2, RFC 9111 §5.2.2.4. */
export const sendFile = (context: Context, { type, body, tag }: PageFile): Response => {
  context.header('ETag', tag);
  context.header('Cache-Control', 'no-cache');
  const held = (context.req.header('if-none-match') ?? '').split(',').map((each) => each.trim());
  if (held.some((each) => each === '*' || each.replace(/^W\//, '') === tag)) return context.body(null, 304);
  return context.body(body, 200, { 'Content-Type': type });
};
