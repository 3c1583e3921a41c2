import type { Shown } from '../observe/shown.js';
import { token } from './token.js';

/** The server wants a token, or another one. */
export class TokenWanted extends Error {}

/** The server has refused, and says why. */
export class Refused extends Error {
  readonly fix: string | undefined;

  constructor(message: string, fix: string | undefined) {
    super(message);
    this.fix = fix;
  }
}

/** Asks the server; throws a `TokenWanted`, a `Refused`, or what `fetch` throws where nobody answers. */
export const asked = async (path: string, signal?: AbortSignal): Promise<Response> => {
  const own = token();
  const response = await fetch(path, {
    headers: own === undefined ? {} : { authorization: `Bearer ${own}` },
    cache: 'no-store',
    credentials: 'omit',
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status === 401) throw new TokenWanted();
  if (!response.ok) {
    const said = (await response.json().catch(() => ({}))) as {
      readonly error?: string;
      readonly fix?: string | null;
    };
    throw new Refused(said.error ?? `HTTP ${response.status}`, said.fix ?? undefined);
  }
  return response;
};

/** What `show SUBJECT -j` would print. */
export const show = async <What extends keyof Shown>(
  what: What,
  query: Readonly<Record<string, string>> = {},
): Promise<Shown[What]> => {
  const words = new URLSearchParams(query).toString();
  return (await asked(`/api/${what}${words === '' ? '' : `?${words}`}`)).json();
};
