import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { MiddlewareHandler } from 'hono';

/** Who may ask, and for what. */
export interface Guard {
  /** Sent as `Authorization: Bearer …`; undefined where everybody on this machine may ask. */
  readonly token: string | undefined;
  /** The address that the server listens on. */
  readonly address: string;
  /** Whether a path tells nothing of the lab, and so needs no token. */
  readonly isPublic: (path: string) => boolean;
}

/** A longer target is of no use here. In characters. */
const LONGEST_TARGET = 2048;

/**
 * Nothing is loaded from elsewhere, no text becomes markup, nobody else may show it in a frame or read it.
 *
 * Sources: W3C CSP Level 3; W3C Trusted Types; WHATWG Fetch §3.7, Cross-Origin-Resource-Policy.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * Lets only those in who may ask, and only to read.
 *
 * A browser that a foreign page has led here by a name of its own (DNS rebinding) is refused: on loopback the host in
 * the request must be this machine. Elsewhere there is a token, which no browser adds by itself. Nor does a foreign
 * page get anything by this server's own name, but a link to the dashboard may stand anywhere.
 */
export const guarded =
  ({ token, address, isPublic }: Guard): MiddlewareHandler =>
  async (context, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
    const { method, path } = context.req;
    if (method !== 'GET' && method !== 'HEAD') {
      context.header('Allow', 'GET, HEAD');
      // What else the client sends is not read.
      context.header('Connection', 'close');
      return context.json({ error: 'nothing can be changed over HTTP' }, 405);
    }
    if (context.req.url.length > LONGEST_TARGET)
      return context.json({ error: `the address is longer than ${LONGEST_TARGET} characters` }, 414);
    const header = (name: string): string | undefined => context.req.header(name);
    if (address.startsWith('127.') && !isThisMachine(header('host') ?? ''))
      return context.json(
        { error: 'the host in the request is not this machine', fix: `ask for ${address} or localhost` },
        403,
      );
    if (!isOfThisSite(header, path === '/'))
      return context.json({ error: 'a page of another site asks' }, 403);
    if (
      token !== undefined &&
      !isPublic(path) &&
      !isEqual((header('authorization') ?? '').replace(SCHEME, 'Bearer '), `Bearer ${token}`)
    ) {
      context.header('WWW-Authenticate', 'Bearer');
      return context.json({ error: 'the token is missing or wrong' }, 401);
    }
    return next();
  };

/** A scheme may be written in any case, and more than one blank may follow. Source: RFC 9110 §11.1, §11.4. */
const SCHEME = /^bearer +/i;

const isThisMachine = (host: string): boolean => {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  return ['localhost', 'localhost.', '[::1]'].includes(name) || (name.startsWith('127.') && isIPv4(name));
};

/** Programs say nothing of this; browsers say it of every request. Sources: W3C Fetch Metadata; RFC 6454 §7. */
const isOfThisSite = (header: (name: string) => string | undefined, isPage: boolean): boolean => {
  const site = header('sec-fetch-site');
  const isLink = isPage && header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return isLink;
  const origin = header('origin');
  return (
    origin === undefined || origin === `http://${header('host')}` || origin === `https://${header('host')}`
  );
};

/** In a time that says nothing about how much of it is right, nor how long it is. */
const isEqual = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
