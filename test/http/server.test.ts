import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Rows } from '../../src/control/rows.js';
import { Failure } from '../../src/failure.js';
import { metricsOf } from '../../src/http/metrics.js';
import { type HttpServer, startHttpServer } from '../../src/http/server.js';
import { explain } from '../../src/lab/explain/explain.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { showInterfaces } from '../../src/observe/show.js';
import { Monitors } from '../../src/runtime/services/monitor.js';
import { configured } from '../support/configured.js';
import { datagram } from '../support/datagram.js';
import { icmp, message } from '../support/icmp.js';
import { parsePrometheus } from '../support/prometheus.js';

const LAB = `
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24, igmp: {} } } } }
`;

let server: HttpServer | undefined;

const start = async (token?: string, longestRequest?: number) => {
  const monitors = new Monitors(() => '2026-01-01T00:00:00.000Z');
  const virtual = new VirtualLab(configured(LAB), { observer: monitors });
  const { lab } = virtual;
  server = await startHttpServer({
    listen: '127.0.0.1:0',
    token,
    ...(longestRequest === undefined ? {} : { longestRequest }),
    answer: (what) =>
      what === 'interfaces'
        ? showInterfaces(lab)
        : (new Rows(function* () {
            for (let each = 0; each < 2500; each += 1) yield { each };
          }) as never),
    metrics: metricsOf({ lab, version: '1.2.3', now: () => virtual.now, isLastReloadSuccessful: () => true }),
    explain: (params) => explain(lab, params, virtual.now),
    follow: (params, caller) => void monitors.follow(params, caller, 'lab'),
  });
  return { virtual, url: server.url };
};

afterEach(async () => {
  await server?.close();
  server = undefined;
});

it('tells the numbers of a lab in the text format of Prometheus', async () => {
  const { virtual, url } = await start();
  const alice = virtual.host('alice', 'red');
  alice.send(icmp(message(8, 0, [0, 1, 0, 1]), { source: '198.51.100.10', destination: '198.51.100.1' }));
  alice.send(datagram({ source: '198.51.100.10', destination: '203.0.113.1' }));
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const samples = parsePrometheus(await response.text());
  const value = (name: string, labels: object): number | undefined =>
    samples.find(
      (each) => each.name === `tunpike_${name}` && JSON.stringify(each.labels) === JSON.stringify(labels),
    )?.value;
  const at = { router: 'r1', interface: 'r1.red' };
  expect(value('interface_receive_packets_total', at)).toBe(2);
  expect(value('interface_receive_bytes_total', at)).toBe(56);
  // The reply, the error, and the first IGMP query.
  expect(value('interface_transmit_packets_total', at)).toBe(3);
  expect(value('dropped_packets_total', { ...at, reason: 'no-route' })).toBe(1);
  expect(value('icmp_sent_messages_total', { router: 'r1', message: 'net-unreachable' })).toBe(1);
  expect(value('icmp_suppressed_messages_total', { router: 'r1', why: 'rate-limit' })).toBe(0);
  expect(value('routes', { router: 'r1', type: 'connected' })).toBe(1);
  expect(value('igmp_querier', { interface: 'r1.red' })).toBe(1);
  expect(value('igmp_groups', { interface: 'r1.red' })).toBe(0);
  expect(value('multicast_routes', { router: 'r1' })).toBe(0);
  expect(value('config_last_reload_successful', {})).toBe(1);
  expect(value('build_info', { version: '1.2.3', node: process.versions.node })).toBe(1);
  expect(value('event_loop_lag_seconds', {})).toBeGreaterThanOrEqual(0);
});

it('answers as `show -j` does, long lists in pieces', async () => {
  const { url } = await start();
  const interfaces = await (await fetch(`${url}/api/interfaces`)).json();
  expect(interfaces).toMatchObject([{ interface: 'r1.red', operStatus: 'UP' }]);
  const response = await fetch(`${url}/api/routes`);
  const routes = (await response.json()) as readonly { each: number }[];
  expect(routes).toHaveLength(2500);
  expect(routes[2499]).toEqual({ each: 2499 });
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect((await fetch(`${url}/api/rutes`)).status).toBe(404);
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
});

it('explains a datagram in the words of the command line', async () => {
  const { virtual, url } = await start();
  const asked = async (query: string) => {
    const response = await fetch(`${url}/api/explain?${query}`);
    return { status: response.status, ...((await response.json()) as object) };
  };
  expect(await asked('source=alice&destination=r1')).toMatchObject({ status: 200, verdict: 'delivered' });
  expect(
    await asked('source=198.51.100.10&destination=r1&in=r1.red&protocol=udp&destination-port=53&df=true'),
  ).toMatchObject({ reason: 'port-unreachable', icmp: { type: 3, code: 3 }, delivered: null });
  expect(await asked('source=alice')).toMatchObject({ status: 400 });
  expect(await asked('source=alice&destination=r1&tll=3')).toMatchObject({ status: 400 });
  expect(await asked('source=1.2.3.4&destination=r1')).toMatchObject({ status: 400, fix: /--in r1.red/ });
  expect(virtual.lab.routers.get('r1')!.ledger.received).toBe(0);
});

it('streams the events that are asked for', async () => {
  const { virtual, url } = await start();
  const response = await fetch(`${url}/events?type=drop&match=reason%3Dno-route`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect(await reader.read()).toMatchObject({ value: ':\n\n' });
  const alice = virtual.host('alice', 'red');
  alice.send(datagram({ source: '198.51.100.10', destination: '224.0.0.5' }));
  alice.send(datagram({ source: '198.51.100.10', destination: '203.0.113.1' }));
  const { value = '' } = await reader.read();
  expect(value).toMatch(/^data: \{.*\}\n\n$/);
  expect(JSON.parse(value.slice(6))).toMatchObject({ type: 'drop', router: 'r1', reason: 'no-route' });
  await reader.cancel();
  expect((await fetch(`${url}/events?type=drops`)).status).toBe(400);
  expect((await fetch(`${url}/events?match=colour%3Dred`)).status).toBe(400);
});

it('is not held up by idle streams, and keeps only so many', async () => {
  const { url } = await start();
  const opened = new AbortController();
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => fetch(`${url}/events`, { signal: opened.signal })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([
    ...Array.from({ length: 64 }, () => 200),
    ...Array.from({ length: 36 }, () => 503),
  ]);
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

it('changes nothing, and answers nobody who was led here under another name', async () => {
  const { url } = await start();
  const { port } = new URL(url);
  const statusOf = async (method: string, headers: Record<string, string>): Promise<number | undefined> => {
    const asked = request({ port, method, path: '/api/interfaces', headers, host: '127.0.0.1' }).end();
    const [response] = await once(asked, 'response');
    response.resume();
    return response.statusCode;
  };
  expect(await statusOf('GET', { host: `localhost:${port}` })).toBe(200);
  expect(await statusOf('GET', { host: 'lab.example' })).toBe(403);
  expect(await statusOf('GET', { host: '127.0.0.1.lab.example' })).toBe(403);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
    expect(await statusOf(method, {})).toBe(405);
  expect(await statusOf('GET', { 'x-long': 'x'.repeat(10_000) })).toBe(431);
});

it('wants its token where there is one', async () => {
  const { url } = await start('secret');
  const statusWith = async (authorization?: string): Promise<number> =>
    (await fetch(`${url}/metrics`, authorization === undefined ? {} : { headers: { authorization } })).status;
  expect(await statusWith()).toBe(401);
  expect(await statusWith('Bearer secre')).toBe(401);
  expect(await statusWith('Bearer Secret')).toBe(401);
  expect(await statusWith('Bearer secret')).toBe(200);
});

it('bears what is no request at all', async () => {
  const { url } = await start();
  const { port } = new URL(url);
  for (const junk of [
    '\0\0\0\0',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /%ZZ HTTP/1.1\r\nHost: localhost\r\n\r\n',
    '\r\n'.repeat(5000),
  ]) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.end(junk);
    await once(socket, 'close');
  }
  expect((await fetch(`${url}/api/interfaces`)).status).toBe(200);
});

it('waits no longer than so for a request', async () => {
  const { url } = await start(undefined, 300);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (octets) => {
    answer += octets;
  });
  socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n');
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

it('says so where its address is taken', async () => {
  const { url } = await start();
  const first = server;
  try {
    const listen = url.slice('http://'.length);
    const second = startHttpServer({ listen, token: undefined } as Parameters<typeof startHttpServer>[0]);
    await expect(second).rejects.toThrow(Failure);
    await expect(second).rejects.toMatchObject({ exitCode: 6, message: expect.stringContaining(listen) });
  } finally {
    server = first;
  }
});
