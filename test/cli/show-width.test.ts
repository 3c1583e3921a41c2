import { afterAll, describe, expect, it } from 'vitest';
import { formatShown } from '../../src/cli/show-format.js';
import { LabLoop } from '../../src/lab/loop.js';
import { EventStream } from '../../src/observe/event-stream.js';
import { SHOWN, type Shown, type ShowWhat } from '../../src/observe/shown.js';
import { capturesOf } from '../../src/runtime/services/capture.js';
import { showerOf } from '../../src/runtime/services/show.js';
import { colors } from '../../src/text/colors.js';
import { printable } from '../../src/text/printable.js';
import { Arena } from '../../src/tun/arena.js';
import { configured } from '../support/configured.js';

/** Names as people give them who do not think of terminals. */
const [RED, BLUE, R1, ALICE] = [
  'warehouse-floor-two-east',
  'datacenter-frankfurt-backbone',
  'edge-router-headquarters',
  'workstation-of-the-receptionist',
] as const;

const LAB = `
links:
  ${RED}: { delay: 15ms, jitter: 2ms, loss: 0.5%, burst: 3, rate: 50mbit, queue: 100, seed: 42, duplicate: 1%, reorder: 2% }
  ${BLUE}: {}
hosts:
  ${ALICE}: { interfaces: { ${RED}: { address: 198.51.100.110/24, routes: [default] } } }
routers:
  ${R1}:
    interfaces:
      ${RED}: { address: [198.51.100.101/24, 198.51.100.102/24], igmp: { static-groups: [{ group: 239.255.255.250 }] } }
      ${BLUE}: { address: 203.0.113.101/24, igmp: {} }
    routes:
      - { to: 0.0.0.0/0, metric: 1000, nexthops: [{ via: 203.0.113.102, weight: 2 }, { via: 198.51.100.120 }] }
      - { to: 198.18.0.0/15, via: 203.0.113.102, tos: 0x10 }
    filters:
      - { name: nobody-may-use-telnet-to-the-servers, in: ${RED}, match: { protocol: tcp, source: 198.51.100.0/24, destination: 203.0.113.0/24, destination-port: 23 }, action: reject, with: admin-prohibited }
schedule:
  - { at: 5s, every: 30s, times: 3, do: link set ${BLUE} --loss 100% --delay 30ms --jitter 10ms --for 2s }
`;

const loop = new LabLoop(configured(LAB), new Arena(), new EventStream());
afterAll(() => loop.close());

const show = showerOf({
  configFile: '/home/somebody/projects/2026/networks/customers/frankfurt/labs/the-one-that-matters.yaml',
  loop,
  captures: capturesOf(loop),
  changes: [`ip -n ${ALICE} route add default via 198.51.100.101 dev tp-workstation-w src 198.51.100.110`],
  warnings: [
    `${ALICE} has no route for groups, so its programs join on the wrong interface; add 224.0.0.0/4`,
  ],
});

/** What an idle lab has none of. */
const BUSY: Partial<Shown> = {
  captures: [
    {
      name: 'everything-that-was-dropped',
      file: '/var/tmp/captures/of/the/lab/that/matters/everything-that-was-dropped.pcapng',
      only: 'drops',
      packets: 123_456,
      octets: 98_765_432,
      lostPackets: 12,
    },
  ],
  drops: [
    {
      router: R1,
      interface: `${R1}.${BLUE}`,
      reason: 'multicast-reverse-path',
      packets: 123_456_789,
      octets: 98_765_432_100,
      lastSeen: '2026-01-01T00:00:00.000Z',
    },
  ],
  mroutes: [
    {
      router: R1,
      source: '198.51.100.110',
      group: '239.255.255.250',
      incoming: `${R1}.${RED}`,
      outgoing: [`${R1}.${BLUE}`],
      packets: 123_456_789,
      octets: 1,
      reason: null,
      blocked: [{ interface: `${R1}.${BLUE}`, why: 'TTL 16 is below its threshold of 32' }],
    },
  ],
};

const SUBJECTS = (Object.keys(SHOWN) as ShowWhat[]).filter((what) => what !== 'config');
const shownOf = <What extends ShowWhat>(what: What): Shown[What] => BUSY[what] ?? show(what);

describe('a terminal of 80 columns', () => {
  it.each(SUBJECTS)('shows %s without a line that is longer', (what) => {
    const text = formatShown(what, shownOf(what), { isAll: true, width: 80 });
    const lines = text.split('\n');
    expect(text).not.toBe('');
    expect(lines.filter((line) => line.length > 80 || line !== line.trimEnd())).toEqual([]);
    const wide = formatShown(what, shownOf(what), { isAll: true });
    // The names are long enough that something had to give way.
    expect(wide === text || wide.split('\n').some((line) => line.length > 80)).toBe(true);
  });

  it.each(['interfaces', 'routes', 'neighbors', 'devices', 'groups', 'filters'] as const)(
    'has a row of %s on each line',
    (what) => {
      const rows = shownOf(what);
      expect(rows.length).toBeGreaterThan(0);
      expect(formatShown(what, rows, { isAll: true, width: 80 }).split('\n')).toHaveLength(rows.length + 1);
    },
  );

  it('is as wide with colors', () => {
    const text = formatShown('drops', shownOf('drops'), { isAll: false, width: 80, colors: colors(true) });
    expect(text).toContain('\u001b[31mmulticast-reverse-path\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colors are made of
    expect(text.replace(/\u001b\[\d+m/g, '')).toBe(
      formatShown('drops', shownOf('drops'), { isAll: false, width: 80 }),
    );
  });
});

/** What a terminal would obey, in every text of a value. */
const spoilt = (value: unknown): unknown => {
  if (typeof value === 'string') return `${value}\u001b[31mRED\u0007\n\u009b\u202eabc`;
  if (Array.isArray(value)) return value.map(spoilt);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, spoilt(each)]));
};

describe('any terminal', () => {
  it.each(SUBJECTS)('obeys nothing in what is shown of %s, and has no line more', (what) => {
    const style = { isAll: true, colors: colors(false) };
    const clean = formatShown(what, shownOf(what), style);
    const text = formatShown(what, spoilt(shownOf(what)) as never, style);
    expect(clean === 'none' || text.includes('\\u001b[31mRED\\u0007\\n')).toBe(true);
    for (const line of text.split('\n')) expect(printable(line)).toBe(line);
    expect(text.split('\n')).toHaveLength(clean.split('\n').length);
  });
});
