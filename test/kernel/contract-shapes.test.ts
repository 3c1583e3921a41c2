import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel } from '../support/kernel.js';
import { MAIN, sharedLab } from '../support/lab.js';

/** What is promised of a value: its type, its words, or what it consists of. */
type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | 'time'
  | 'counts'
  | { readonly or: readonly (Shape | null)[] }
  | { readonly one: readonly string[] }
  | readonly [Shape]
  | { readonly has: Readonly<Record<string, Shape>>; readonly may?: Readonly<Record<string, Shape>> };

const has = (keys: Readonly<Record<string, Shape>>, may: Readonly<Record<string, Shape>> = {}): Shape => ({
  has: keys,
  may,
});
const orNull = (shape: Shape): Shape => ({ or: [shape, null] });
const one = (...words: readonly string[]): Shape => ({ one: words });
const counted = (...names: readonly string[]): Readonly<Record<string, Shape>> =>
  Object.fromEntries(names.map((name) => [name, 'number' as const]));

/** Every way in which a value differs from its shape; none where it is as promised. */
const faults = (value: unknown, shape: Shape | null, at = ''): readonly string[] => {
  const wrong = [`${at || '(all)'} is ${JSON.stringify(value)?.slice(0, 80)}`];
  if (shape === null) return value === null ? [] : wrong;
  if (shape === 'text') return typeof value === 'string' ? [] : wrong;
  if (shape === 'number') return typeof value === 'number' && Number.isFinite(value) ? [] : wrong;
  if (shape === 'boolean') return typeof value === 'boolean' ? [] : wrong;
  if (shape === 'time')
    return typeof value === 'string' && new Date(value).toISOString() === value ? [] : wrong;
  if (shape === 'counts')
    return typeof value === 'object' && Object.values(value ?? {}).every((each) => Number.isInteger(each))
      ? []
      : wrong;
  if ('or' in shape) return shape.or.some((each) => faults(value, each, at).length === 0) ? [] : wrong;
  if ('one' in shape) return shape.one.includes(value as string) ? [] : wrong;
  if (Array.isArray(shape))
    return Array.isArray(value)
      ? value.flatMap((each, position) => faults(each, shape[0], `${at}[${position}]`))
      : wrong;
  if (!('has' in shape) || typeof value !== 'object' || value === null) return wrong;
  const given = value as Readonly<Record<string, unknown>>;
  const { has: keys, may = {} } = shape;
  return [
    ...Object.entries(keys).flatMap(([key, of]) =>
      Object.hasOwn(given, key) ? faults(given[key], of, `${at}.${key}`) : [`${at}.${key} is missing`],
    ),
    ...Object.entries(given).flatMap(([key, each]) =>
      Object.hasOwn(keys, key)
        ? []
        : may[key] === undefined
          ? [`${at}.${key} is not promised`]
          : faults(each, may[key], `${at}.${key}`),
    ),
  ];
};

const ICMP_SENT = [
  ...['echo-reply', 'net-unreachable', 'host-unreachable', 'protocol-unreachable', 'port-unreachable'],
  ...['frag-needed', 'source-route-failed', 'admin-prohibited', 'ttl-exceeded', 'reassembly-exceeded'],
  ...['redirect-host', 'parameter-problem', 'timestamp-reply'],
];
const SUPPRESSED = [
  ...['rate-limit', 'icmp-error', 'multicast-or-broadcast', 'not-first-fragment', 'bad-source'],
  'switched-off',
];

/** What scripts rely on: the keys and their types, and in `may` what there is beside them. */
const SHOWN: Readonly<Record<string, Shape>> = {
  interfaces: [
    has(
      {
        ...{ interface: 'text', router: 'text', link: 'text', addresses: ['text'], mtu: 'number' },
        operStatus: one('UP', 'DOWN'),
        ...counted('inPackets', 'inOctets', 'outPackets', 'outOctets', 'inMulticastPackets'),
        ...counted('outMulticastPackets', 'inDiscards', 'outDiscards'),
      },
      { forwarding: 'boolean' },
    ),
  ],
  routes: [
    has(
      {
        router: 'text',
        prefix: 'text',
        type: one('connected', 'unicast', 'ecmp', 'blackhole', 'unreachable', 'prohibit', 'local'),
        nexthops: [has({ via: orNull('text'), interface: 'text', weight: 'number' })],
        metric: 'number',
        origin: one('config', 'runtime', 'connected'),
      },
      { active: 'boolean', tos: 'number' },
    ),
  ],
  neighbors: [
    has(
      { link: 'text', address: 'text', owner: 'text', state: one('static', 'learned') },
      { reachable: 'boolean' },
    ),
  ],
  icmp: [
    has({
      router: 'text',
      sent: 'counts',
      received: 'counts',
      suppressed: 'counts',
    }),
  ],
  igmp: [
    has(
      {
        interface: 'text',
        role: one('querier', 'non-querier', 'host'),
        version: 'number',
        querier: orNull('text'),
        otherQuerierExpiresSeconds: orNull('number'),
        nextQuerySeconds: orNull('number'),
        ...counted('groups', 'robustness', 'queryIntervalSeconds', 'queryResponseIntervalSeconds'),
      },
      {
        ...counted('lastMemberQueryIntervalSeconds', 'groupMembershipIntervalSeconds'),
        ...counted('otherQuerierPresentIntervalSeconds', 'olderHostPresentIntervalSeconds'),
        ...counted('lastMemberQueryTimeSeconds'),
        ...{ received: 'counts', sent: 'counts', refused: 'counts' },
      },
    ),
  ],
  groups: [
    has(
      {
        interface: 'text',
        group: 'text',
        filterMode: one('include', 'exclude'),
        sources: [has({ address: 'text', forwarding: 'boolean', expiresSeconds: orNull('number') })],
        lastReporter: orNull('text'),
        expiresSeconds: orNull('number'),
        origin: [one('report', 'static', 'join')],
        compatibility: 'number',
      },
      { ageSeconds: orNull('number') },
    ),
  ],
  mroutes: [
    has(
      {
        ...{ router: 'text', source: 'text', group: 'text', incoming: 'text', outgoing: ['text'] },
        ...counted('packets', 'octets'),
        reason: orNull('text'),
      },
      { blocked: [has({ interface: 'text', why: 'text' })] },
    ),
  ],
  drops: [
    has(
      {
        ...{ router: orNull('text'), interface: orNull('text'), reason: 'text', lastSeen: 'time' },
        ...counted('packets', 'octets'),
      },
      { link: 'text' },
    ),
  ],
  status: has(
    {
      ...{ name: 'text', state: one('running'), config: 'text', version: 'text' },
      ...counted('pid', 'uptimeSeconds', 'routers', 'links', 'hosts'),
    },
    {
      http: orNull('text'),
      ledgers: [
        has(
          { router: 'text' },
          counted(
            'received',
            'forwarded',
            'delivered',
            'dropped',
            'held',
            'originated',
            'handed',
            'refused',
            'sent',
          ),
        ),
      ],
      warnings: ['text'],
    },
  ),
  devices: [
    has({
      ...{ device: 'text', host: 'text', link: 'text', namespace: 'text' },
      backend: one('native', 'koffi', 'tuntap2'),
      operStatus: one('UP', 'DOWN'),
      mtu: 'number',
      io: one('io_uring', 'read-write', 'thread-pool'),
      offload: [one('checksum', 'tcp-segmentation', 'udp-segmentation')],
      offloadReason: orNull('text'),
      ...counted('readDatagrams', 'readSegments', 'writtenDatagrams', 'writtenSegments', 'refusedDatagrams'),
    }),
  ],
  links: [
    has(
      {
        ...{ link: 'text', from: orNull('text'), state: one('up', 'down'), mtu: 'number' },
        ...Object.fromEntries(
          [
            ...['delaySeconds', 'jitterSeconds', 'loss', 'burst', 'duplicate', 'reorder', 'corrupt'],
            ...['rateBitsPerSecond', 'queueDatagrams', 'seed'],
          ].map((key) => [key, orNull('number')]),
        ),
        ...counted('queuedDatagrams', 'lostDatagrams', 'droppedDatagrams', 'duplicatedDatagrams'),
        ...counted('corruptedDatagrams'),
      },
      counted('queuedOctets'),
    ),
  ],
  captures: [
    has({
      ...{ name: 'text', file: 'text', only: orNull(one('drops', 'forwarded', 'local')) },
      ...counted('packets', 'octets', 'lostPackets'),
    }),
  ],
  filters: [
    has({
      ...{ router: 'text', name: 'text', in: orNull('text'), out: orNull('text') },
      match: has(
        {},
        {
          protocol: 'text',
          source: 'text',
          destination: 'text',
          ...counted('sourcePort', 'destinationPort', 'sizeOver'),
          df: 'boolean',
        },
      ),
      action: one('accept', 'drop', 'reject'),
      with: orNull('text'),
      probability: 'number',
      limit: orNull('number'),
      matched: 'number',
      expiresSeconds: orNull('number'),
      origin: one('config', 'runtime'),
    }),
  ],
  schedule: [
    has({
      ...{ at: 'text', every: orNull('text'), times: orNull('number'), do: 'text', ran: 'number' },
      ...{ nextSeconds: orNull('number'), error: orNull('text') },
    }),
  ],
};

const LISTED = [
  has({
    ...{ name: 'text', state: one('starting', 'running', 'stopping'), pid: 'number', user: 'text' },
    ...{ config: orNull('text'), uptimeSeconds: 'number' },
  }),
] as const;

const STEPS: Shape = [
  has({
    at: 'text',
    what: one(
      ...['in', 'check', 'option', 'filter', 'route', 'ttl', 'mtu', 'redirect', 'out', 'link', 'held'],
      ...['deliver', 'drop'],
    ),
    detail: 'text',
    source: 'text',
  }),
];
const EXPLAINED = {
  verdict: one('forwarded', 'delivered', 'dropped'),
  steps: STEPS,
  icmp: orNull(has({ type: 'number', code: 'number', from: 'text', to: 'text' })),
} as const;
const MAY_EXPLAIN = { delivered: { or: ['text', ['text'], null] }, reason: 'text' } as const;

/** What `monitor -j` prints, by type. */
const EVENTS: Readonly<Record<string, Shape>> = {
  drop: has(
    {
      ...{ time: 'time', type: 'text', router: orNull('text'), interface: orNull('text'), reason: 'text' },
      ...{
        source: orNull('text'),
        destination: orNull('text'),
        protocol: orNull('number'),
        length: 'number',
      },
    },
    { ...counted('ttl', 'sourcePort', 'destinationPort'), link: 'text' },
  ),
  forward: has(
    {
      ...{ time: 'time', type: 'text', router: 'text', interface: 'text' },
      ...{ source: 'text', destination: 'text', protocol: 'number', length: 'number' },
    },
    counted('ttl', 'sourcePort', 'destinationPort'),
  ),
  igmp: has(
    {
      ...{ time: 'time', type: 'text', interface: 'text' },
      event: one('join', 'leave', 'expire', 'querier-elected', 'query-sent', 'warning'),
      ...{ group: orNull('text'), source: orNull('text'), reporter: orNull('text') },
    },
    { why: 'text' },
  ),
  icmp: has(
    {
      ...{ time: 'time', type: 'text', router: 'text', interface: 'text', message: 'text' },
      ...{ source: 'text', destination: 'text' },
    },
    { direction: one('sent', 'received', 'suppressed'), why: 'text' },
  ),
  route: has({
    ...{ time: 'time', type: 'text', router: 'text', prefix: 'text' },
    event: one('add', 'replace', 'del', 'withdrawn', 'restored'),
  }),
  link: has(
    { time: 'time', type: 'text', link: 'text', event: 'text' },
    { attachment: 'text', detail: 'text' },
  ),
  config: has({
    ...{ time: 'time', type: 'text', event: one('applied', 'refused'), message: orNull('text') },
  }),
};

const LAB = `
links: { red: {}, core: { delay: 1ms, loss: 0.001%, from: { r1: { rate: 50mbit } } }, far: {}, blue: { mtu: 1400 } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default, 224.0.0.0/4] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default, 224.0.0.0/4] } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: { static-groups: [{ group: 239.1.2.3 }, { group: 232.1.1.1, source: 203.0.113.10 }] } }
      core: { address: 192.0.2.1/30, igmp: {} }
    routes: [{ to: default, via: 192.0.2.2 }, { to: 198.18.0.0/15, type: blackhole }, { to: 10.0.0.0/8, nexthops: [{ via: 192.0.2.2 }, { via: 198.51.100.10 }] }]
    filters: [{ name: no-telnet, in: red, match: { protocol: tcp, destination-port: 23 }, action: reject }]
  r2:
    interfaces: { core: { address: 192.0.2.2/30, igmp: {} }, far: { address: 192.0.2.5/30, igmp: {} } }
    routes: [{ to: 203.0.113.0/24, via: 192.0.2.6 }, { to: 198.51.100.0/24, via: 192.0.2.1 }]
  r3:
    interfaces: { far: { address: 192.0.2.6/30, igmp: {} }, blue: { address: 203.0.113.1/24, igmp: {} } }
    routes: [{ to: default, via: 192.0.2.5 }]
schedule: [{ at: 1h, every: 30s, times: 3, do: link set core --loss 1% --for 2s }]
`;

describeKernel('what scripts read of three routers', ['ping', 'python3'], () => {
  const lab = sharedLab(LAB);

  const follow = async (
    words: readonly string[],
    until: (said: string) => boolean,
    meanwhile: () => Promise<void>,
  ) => {
    const program = new Background([process.execPath, MAIN, '-n', lab().name, ...words, '-j']);
    try {
      await expect.poll(() => program.stderr, { timeout: 10_000 }).toMatch(/following|tracing/);
      await meanwhile();
      await expect.poll(() => until(program.stdout), { timeout: 10_000 }).toBe(true);
      program.signal('SIGINT');
      expect(await program.ended()).toBe(0);
      return program.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly type: string });
    } finally {
      await program.stop();
    }
  };

  it('has the promised events, each on a line', async () => {
    const types = Object.keys(EVENTS);
    const seen = (said: string): boolean => types.every((type) => said.includes(`"type":"${type}"`));
    const events = await follow(['monitor', '--type', types.join(',')], seen, async () => {
      await lab().on('alice', 'ping -n -q -c 1 -W 1 203.0.113.10');
      // On a busy machine some events are passed over.
      await lab().on('alice', 'ping -n -q -c 5 -i 0.2 -W 1 192.0.2.77');
      await lab().python('bob', "import socket\nsocket.socket(2, 2).sendto(b'x', ('239.1.2.3', 5000))");
      await lab().tunpike('igmp', 'query', 'r1.red');
      await lab().tunpike('filter', 'add', '--in', 'r1.red', '--protocol', 'udp', '--action', 'drop');
      await lab().tunpike('link', 'down', 'far', '--for', '100ms');
    });
    const told = events.filter(({ type }) => type !== 'missed');
    expect(told.flatMap((event) => faults(event, EVENTS[event.type] ?? null, event.type))).toEqual([]);
  });

  it.each(Object.keys(SHOWN))('has the promised keys in show %s', async (what) => {
    const shown = await lab().show<unknown>(what);
    if (what !== 'mroutes' && what !== 'captures' && Array.isArray(shown))
      expect(shown.length).toBeGreaterThan(0);
    expect(faults(shown, SHOWN[what]!, what)).toEqual([]);
    if (what !== 'icmp') return;
    for (const row of shown as readonly Record<'sent' | 'suppressed', object>[]) {
      expect(Object.keys(row.sent)).toEqual(expect.arrayContaining(ICMP_SENT));
      expect(Object.keys(row.suppressed)).toEqual(expect.arrayContaining(SUPPRESSED));
    }
  });

  it('has the promised keys in ls, explain and trace', async () => {
    const { stdout } = await lab().tunpike('ls', '-j');
    expect(faults(JSON.parse(stdout), LISTED, 'ls')).toEqual([]);
    for (const words of [
      '198.51.100.10 203.0.113.10',
      '198.51.100.10 192.0.2.77',
      '198.51.100.10 192.0.2.2',
    ]) {
      const answer = await lab().tunpike('explain', ...words.split(' '), '-j');
      expect(faults(JSON.parse(answer.stdout), has(EXPLAINED, MAY_EXPLAIN), 'explain')).toEqual([]);
    }
    const traced = await follow(
      ['trace'],
      (said) => said.split('\n').length > 2,
      async () => {
        await lab().on('alice', 'ping -n -q -c 1 203.0.113.10');
      },
    );
    const datagram = has({ source: 'text', destination: 'text', ...counted('protocol', 'length', 'ttl') });
    const shape = has({ time: 'time', ...EXPLAINED }, { ...MAY_EXPLAIN, id: 'number', datagram });
    expect(traced.flatMap((each) => faults(each, shape, 'trace'))).toEqual([]);
  });

  it('is told apart from what is not promised', () => {
    const [row] = SHOWN.neighbors as readonly [Shape];
    const neighbor = { link: 'red', address: '192.0.2.1', owner: 'r1', state: 'static' };
    expect(faults(neighbor, row)).toEqual([]);
    expect(faults({ ...neighbor, state: 'odd' }, row)).toHaveLength(1);
    expect(faults({ ...neighbor, owner: undefined, more: 1 }, row)).toHaveLength(2);
  });
});
