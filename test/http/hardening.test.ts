import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MOST_STREAMS } from '../../src/http/events.js';
import { datagram } from '../support/datagram.js';
import { type Started, started } from './started.js';

/** Closed when a test ends, in this order. */
const open: (() => unknown)[] = [];

const start = async (settings?: Parameters<typeof started>[0]): Promise<Started> => {
  const it = await started(settings);
  open.push(() => it.server.close());
  return it;
};

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request as it is: `fetch` would mend its path and headers. */
const ask = async (
  port: number,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> => {
  const asked = request({ host: '127.0.0.1', port, method, path, headers }).end();
  const [response] = await once(asked, 'response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
};

const connected = (port: number): Socket => {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  open.push(() => socket.destroy());
  return socket;
};

/** What comes back until the server closes the connection. */
const said = async (socket: Socket): Promise<string> => {
  let text = '';
  socket.on('data', (octets) => {
    text += octets;
  });
  await once(socket, 'close');
  return text;
};

describe('what cannot be asked', () => {
  it('changes nothing: any other method is told which there are', async () => {
    const { port } = await start();
    for (const path of ['/', '/api/interfaces', '/events', '/metrics'])
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
        expect(await ask(port, path, { method })).toMatchObject({
          status: 405,
          headers: { allow: 'GET, HEAD' },
        });
  });

  it('answers HEAD without a body, and holds no stream for it', async () => {
    const { port, url } = await start();
    for (let each = 0; each <= MOST_STREAMS; each += 1)
      expect(await ask(port, '/events', { method: 'HEAD' })).toMatchObject({
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        body: '',
      });
    for (const path of ['/', '/api/interfaces', '/api/routes', '/metrics'])
      expect(await ask(port, path, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    const stream = await fetch(`${url}/events`);
    expect(stream.status).toBe(200);
    await stream.body!.cancel();
  });

  it('refuses heads and addresses that are too long', async () => {
    const { port } = await start();
    expect(await ask(port, '/', { headers: { 'x-long': 'x'.repeat(10_000) } })).toMatchObject({
      status: 431,
    });
    expect(await ask(port, `/?${'x'.repeat(10_000)}`)).toMatchObject({ status: 431 });
    expect(await ask(port, `/api/explain?source=${'x'.repeat(3000)}`)).toMatchObject({ status: 414 });
  });

  it('bears what is no request at all', async () => {
    const { url, port } = await start();
    for (const junk of [
      '\0\0\0\0',
      'GET / HTTP/9.9\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET /%ZZ HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n',
      '\r\n'.repeat(5000),
    ]) {
      const socket = connected(port);
      const answer = said(socket);
      socket.end(junk);
      expect(await answer).not.toMatch(/^HTTP\/1\.1 [25]/);
    }
    expect((await fetch(`${url}/api/interfaces`)).status).toBe(200);
  });

  it('serves no file but those of the dashboard', async () => {
    const { port } = await start();
    for (const path of [
      '/../package.json',
      '/dashboard/../../package.json',
      '/dashboard/%2e%2e/%2e%2e/package.json',
      '/dashboard/..%2f..%2fpackage.json',
      '/dashboard/..\\..\\package.json',
      '/dashboard//etc/passwd',
      '/dashboard/main.js%00.css',
      '/dashboard/',
      '/main.js',
      '/dashboard/main.ts',
    ])
      expect([400, 404], path).toContain((await ask(port, path)).status);
    expect(await ask(port, '/dashboard/main.js')).toMatchObject({ status: 200 });
  });
});

describe('who may not ask', () => {
  it('is whoever was led here under another name', async () => {
    const { port } = await start();
    const asHost = async (host: string) => (await ask(port, '/api/interfaces', { headers: { host } })).status;
    for (const host of [`localhost:${port}`, 'LOCALHOST', `127.0.0.1:${port}`, '127.9.9.9', `[::1]:${port}`])
      expect(await asHost(host), host).toBe(200);
    for (const host of [
      'lab.example',
      '127.0.0.1.lab.example',
      'localhost.lab.example',
      '192.0.2.1',
      '127.0.0.1@x',
    ])
      expect([400, 403], host).toContain(await asHost(host));
  });

  it('is whoever asks for what only looks like an address of this machine', async () => {
    const { port } = await start();
    for (const host of ['127.999.0.1', '127.0.0.256', '127.0.0', '127.0.0.1.1', '[::1]:x', 'localhost..'])
      expect([400, 403], host).toContain((await ask(port, '/api/interfaces', { headers: { host } })).status);
  });

  it('is a page of another site, which may only link to the dashboard', async () => {
    const { port } = await start();
    const status = async (path: string, headers: Record<string, string>) =>
      (await ask(port, path, { headers })).status;
    for (const site of ['cross-site', 'same-site']) {
      expect(await status('/api/interfaces', { 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' })).toBe(403);
      expect(await status('/', { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' })).toBe(403);
      const framed = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
      expect(await status('/', framed)).toBe(403);
      expect(await status('/', { ...framed, 'sec-fetch-dest': 'document' })).toBe(200);
      expect(await status('/metrics', { ...framed, 'sec-fetch-dest': 'document' })).toBe(403);
    }
    expect(await status('/api/interfaces', { origin: 'http://lab.example' })).toBe(403);
    expect(await status('/api/interfaces', { origin: 'null' })).toBe(403);
    expect(await status('/api/interfaces', { origin: `http://127.0.0.1:${port}` })).toBe(200);
    expect(await status('/api/interfaces', { 'sec-fetch-site': 'same-origin' })).toBe(200);
    const { headers } = await ask(port, '/api/interfaces', {
      headers: { origin: `http://127.0.0.1:${port}` },
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('is, where there is a token, whoever does not have it; but the page that asks for it is for everybody', async () => {
    const { port } = await start({ token: 'secret' });
    for (const path of ['/api/status', '/metrics', '/events', '/dashboard/map', '/api/explain', '/nothing'])
      expect(await ask(port, path), path).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
      });
    for (const path of ['/', '/dashboard/main.js', '/dashboard/style.css', '/drop-reason.js'])
      expect(await ask(port, path), path).toMatchObject({ status: 200 });
    const headers = { authorization: 'Bearer secret' };
    expect(await ask(port, '/api/interfaces', { headers })).toMatchObject({ status: 200 });
    const statusWith = async (authorization: string) =>
      (await ask(port, '/api/interfaces', { headers: { authorization } })).status;
    for (const scheme of ['bearer', 'BEARER', 'Bearer '])
      expect(await statusWith(`${scheme} secret`)).toBe(200);
    for (const wrong of ['secret', 'Basic secret', 'Bearersecret', 'bearer Secret', 'bearer bearer secret'])
      expect(await statusWith(wrong), wrong).toBe(401);
  });
});

describe('who asks too slowly or too much', () => {
  it('has so long for a request, even one that goes on and on', async () => {
    const { port } = await start({ longestRequest: 300 });
    const socket = connected(port);
    const answer = said(socket);
    socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n');
    const drip = setInterval(() => socket.write('X: y\r\n'), 20);
    open.push(() => clearInterval(drip));
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is let go where nothing moves any more', async () => {
    const { port } = await start({ longestSilence: 100 });
    const socket = connected(port);
    const answer = said(socket);
    socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('gets one of so many streams, and else a clear answer; a thousand idle ones hold up nobody', async () => {
    const { url } = await start();
    const opened = new AbortController();
    open.push(() => opened.abort());
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () => fetch(`${url}/events`, { signal: opened.signal })),
    );
    const refused = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(MOST_STREAMS);
    expect(refused).toHaveLength(1000 - MOST_STREAMS);
    expect(refused[0]!.headers.get('retry-after')).toBe('10');
    expect(await refused[0]!.json()).toEqual({
      error: 'too many others follow events',
      fix: 'try again later',
    });
    expect((await fetch(`${url}/api/interfaces`)).status).toBe(200);
    opened.abort();
    await expect
      .poll(async () => {
        const again = new AbortController();
        const { status } = await fetch(`${url}/events`, { signal: again.signal });
        again.abort();
        return status;
      })
      .toBe(200);
  });

  it('is passed over while it does not read, and told how many events it has missed', async () => {
    const { virtual, port } = await start();
    const socket = connected(port);
    socket.write('GET /events?type=drop HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    const alice = virtual.host('alice', 'red');
    const all = 60_000;
    for (let sent = 0; sent < all; sent += 1) {
      alice.send(datagram({ source: '198.51.100.10', destination: '203.0.113.1' }));
      if (sent % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    let [told, missed, text] = [0, 0, ''];
    socket.on('data', (octets) => {
      text += octets;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.startsWith('data: ')) continue;
        const event = JSON.parse(line.slice('data: '.length));
        if (event.type === 'missed') missed += event.events;
        else told += 1;
      }
    });
    await expect.poll(() => told + missed, { timeout: 20_000 }).toBe(all);
    expect(missed).toBeGreaterThan(0);
    expect(told).toBeGreaterThan(0);
  });
});
