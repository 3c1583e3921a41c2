import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Drawing } from '../../src/http/drawing.js';
import { readPage } from '../../src/http/page.js';
import { type Started, started } from './started.js';

const DIST = join(import.meta.dirname, '../../dist');
const SOURCE = join(import.meta.dirname, '../../src/dashboard');

describe('the files of the dashboard', () => {
  let it_: Started;
  beforeEach(async () => {
    it_ = await started();
  });
  afterEach(() => it_.server.close());

  it('are served with their types, and nothing that a browser may load from elsewhere', async () => {
    const response = await fetch(it_.url);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toMatch(/unsafe|http|\*|data:/);
    expect(await response.text()).not.toMatch(/https?:|<style|style=|onclick|javascript:/);
    const script = await fetch(`${it_.url}/dashboard/main.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('are not sent again to whoever has them', async () => {
    for (const path of readPage(DIST).keys()) {
      const first = await fetch(`${it_.url}${path}`);
      const tag = first.headers.get('etag')!;
      expect(first.headers.get('cache-control')).toBe('no-cache');
      const asked = (etag: string) => fetch(`${it_.url}${path}`, { headers: { 'if-none-match': etag } });
      const again = await asked(tag);
      expect(again.status).toBe(304);
      expect(again.headers.get('etag')).toBe(tag);
      expect(await again.text()).toBe('');
      expect((await asked(`"other", W/${tag}`)).status).toBe(304);
      expect((await asked('"other"')).status).toBe(200);
    }
  });

  it('tell of a lab only what is so now', async () => {
    for (const path of ['/api/interfaces', '/api/routes', '/metrics', '/dashboard/map'])
      expect((await fetch(`${it_.url}${path}`)).headers.get('cache-control'), path).toBe('no-store');
  });

  it('import only what is served', () => {
    const page = readPage(DIST);
    for (const [path, { body }] of page)
      for (const [, from] of Buffer.from(body)
        .toString()
        .matchAll(/^import [^;]*?from '([^']+)'/gm))
        expect([...page.keys()], `${path} imports ${from}`).toContain(
          new URL(from!, `http://h${path}`).pathname,
        );
  });

  it('never take a text for markup', () => {
    for (const file of readdirSync(SOURCE).filter((each) => each.endsWith('.ts')))
      expect(readFileSync(join(SOURCE, file), 'utf8'), file).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|eval\(|new Function/,
      );
  });
});

it('gives of a subject what is asked for: of a router, so many', async () => {
  const { server, url } = await started();
  try {
    const rows = async (query: string) =>
      (await (await fetch(`${url}/api/routes?${query}`)).json()) as readonly {
        each: number;
        router: string;
      }[];
    expect(await rows('router=r1')).toHaveLength(834);
    expect((await rows('router=r2&limit=3')).map(({ each }) => each)).toEqual([1, 2, 4]);
    expect(await rows('limit=0')).toEqual([]);
    for (const query of ['limit=many', 'limit=-1', 'colour=red'])
      expect((await fetch(`${url}/api/routes?${query}`)).status).toBe(400);
    expect((await fetch(`${url}/api/interfaces?prefix=10.0.0.0/8`)).status).toBe(400);
    expect(await (await fetch(`${url}/api/interfaces?router=r2`)).json()).toEqual([]);
  } finally {
    await server.close();
  }
});

it('refuses every parameter that could do nothing, and says what could', async () => {
  const { server, url } = await started();
  try {
    const refused = async (path: string) => {
      const response = await fetch(`${url}${path}`);
      expect(response.status, path).toBe(400);
      expect((await fetch(`${url}${path}`, { method: 'HEAD' })).status, path).toBe(400);
      return response.json();
    };
    for (const path of ['/metrics', '/events', '/dashboard/map', '/api/explain', '/api/routes'])
      expect(await refused(`${path}?colour=red`)).toMatchObject({ error: 'unknown parameter colour' });
    for (const path of ['/events?type=drops', '/events?match=colour%3Dred']) await refused(path);
    for (const subject of ['status', 'config', 'links', 'topology', 'devices', 'captures'])
      expect(await refused(`/api/${subject}?router=r1`)).toEqual({
        error: `${subject} is of the whole lab, not of a router`,
        fix: `ask for /api/${subject}`,
      });
    for (const subject of ['status', 'config'])
      expect(await refused(`/api/${subject}?limit=1`)).toMatchObject({ fix: `ask for /api/${subject}` });
    expect(await refused('/api/routes?router=r9')).toEqual({
      error: "there is no router 'r9'",
      fix: 'the routers: r1 r2',
    });
    expect(await (await fetch(`${url}/api/topology?limit=0`)).json()).toEqual([]);
  } finally {
    await server.close();
  }
});

it('draws the lab in either direction', async () => {
  const { server, url } = await started();
  try {
    const drawn = async (query: string) =>
      (await (await fetch(`${url}/dashboard/map${query}`)).json()) as Drawing;
    const across = await drawn('');
    expect(across.nodes.map(({ id }) => id)).toEqual(['link red', 'router r1', 'host alice']);
    expect(across.width).toBeGreaterThan(across.height);
    const down = await drawn('?direction=down');
    expect(down.height).toBeGreaterThan(across.height);
    expect((await fetch(`${url}/dashboard/map?direction=up`)).status).toBe(400);
  } finally {
    await server.close();
  }
});
