import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** Who may ask. */
export interface Guard {
  /** Sent as `Authorization: Bearer …`; undefined where everybody on this machine may ask. */
  readonly token: string | undefined;
  /** Whether only this machine can reach the server. */
  readonly isLoopback: boolean;
}

/** Nothing is loaded from elsewhere, nobody else may show it in a frame. Source: W3C CSP Level 3. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * Lets only those in who may ask, and only to read.
 *
 * A browser that a foreign page has led here by a name of its own (DNS rebinding) is refused: on loopback the host in
 * the request must be this machine.
 */
export const guarded =
  ({ token, isLoopback }: Guard): MiddlewareHandler =>
  async (context, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
    const { method } = context.req;
    if (method !== 'GET' && method !== 'HEAD') {
      context.header('Allow', 'GET, HEAD');
      return context.json({ error: 'nothing can be changed over HTTP' }, 405);
    }
    if (isLoopback && !isThisMachine(context.req.header('host') ?? ''))
      return context.json({ error: 'the host in the request is not this machine' }, 403);
    if (token !== undefined && !isEqual(context.req.header('authorization') ?? '', `Bearer ${token}`)) {
      context.header('WWW-Authenticate', 'Bearer');
      return context.json({ error: 'the token is missing or wrong' }, 401);
    }
    return next();
  };

const isThisMachine = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);

/** In a time that says nothing about how much of it is right. */
const isEqual = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
};
