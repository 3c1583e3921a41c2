import { afterEach, expect, it } from 'vitest';
import { Failure } from '../../src/failure.js';
import { type HttpServer, startHttpServer } from '../../src/http/server.js';
import { datagram } from '../support/datagram.js';
import { icmp, message } from '../support/icmp.js';
import { parsePrometheus } from '../support/prometheus.js';
import { started } from './started.js';

let server: HttpServer | undefined;

const start = async (settings?: Parameters<typeof started>[0]) => {
  const it = await started(settings);
  server = it.server;
  return it;
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

it('has every metric that is promised, each of its kind', async () => {
  const { url } = await start();
  const text = await (await fetch(`${url}/metrics`)).text();
  // A metric without samples is there by its type.
  const types = [...text.matchAll(/^# TYPE tunpike_(\S+) (\S+)$/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  expect(types.toSorted()).toEqual(
    [
      'interface_receive_packets_total counter',
      'interface_receive_bytes_total counter',
      'interface_transmit_packets_total counter',
      'interface_transmit_bytes_total counter',
      'dropped_packets_total counter',
      'icmp_sent_messages_total counter',
      'icmp_suppressed_messages_total counter',
      'routes gauge',
      'igmp_messages_total counter',
      'igmp_groups gauge',
      'igmp_querier gauge',
      'multicast_routes gauge',
      'event_loop_lag_seconds gauge',
      'config_last_reload_successful gauge',
      'build_info gauge',
    ].toSorted(),
  );
  expect(parsePrometheus(text).find(({ name }) => name === 'tunpike_igmp_messages_total')?.labels).toEqual({
    router: 'r1',
    interface: 'r1.red',
    direction: expect.stringMatching(/^(received|sent)$/),
    message: expect.any(String),
  });
});

it('answers as `show -j` does, long lists in pieces', async () => {
  const { url } = await start();
  const interfaces = await (await fetch(`${url}/api/interfaces`)).json();
  expect(interfaces).toMatchObject([{ interface: 'r1.red', operStatus: 'UP' }]);
  const response = await fetch(`${url}/api/routes`);
  const routes = (await response.json()) as readonly { each: number }[];
  expect(routes).toHaveLength(2500);
  expect(routes[2499]).toMatchObject({ each: 2499 });
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

it('wants its token where there is one', async () => {
  const { url } = await start({ token: 'secret' });
  const statusWith = async (authorization?: string): Promise<number> =>
    (await fetch(`${url}/metrics`, authorization === undefined ? {} : { headers: { authorization } })).status;
  expect(await statusWith()).toBe(401);
  expect(await statusWith('Bearer secre')).toBe(401);
  expect(await statusWith('Bearer Secret')).toBe(401);
  expect(await statusWith('Bearer secret')).toBe(200);
});

it('says so where its address is taken', async () => {
  const { url } = await start();
  const first = server;
  try {
    const listen = url.slice('http://'.length);
    const second = startHttpServer({ listen, token: undefined, page: new Map() } as unknown as Parameters<
      typeof startHttpServer
    >[0]);
    await expect(second).rejects.toThrow(Failure);
    await expect(second).rejects.toMatchObject({ exitCode: 6, message: expect.stringContaining(listen) });
  } finally {
    server = first;
  }
});
