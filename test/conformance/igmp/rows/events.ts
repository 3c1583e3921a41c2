import type { Observer } from '../../../../src/event.js';
import { headerLength } from '../../../../src/ip/header.js';
import { Journal } from '../../../../src/observe/capture/journal.js';
import { FRAME } from '../../../../src/observe/capture/pcapng.js';
import { selectionOf } from '../../../../src/observe/capture/selection.js';
import { eventFieldsOf, recordOf } from '../../../../src/observe/event-record.js';
import { seconds } from '../../../../src/time.js';
import { type Case, proof, type Row, row } from '../../case.js';
import { HOST } from '../../topology.js';
import { G, G2, LOWER, S1, S2 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { host } from '../scenes.js';
import { block, query, record, report, toEx, toIn } from '../sends.js';
import { ONLY_PORT_0, Stage, shapeFault } from '../stage.js';

/** The IGMP that a capture of one interface has, as types, `<` before what came in. */
const captured = (at: string): string => {
  const selects = selectionOf({ interface: at, match: 'protocol=igmp' }, () => false)!;
  const seen: string[] = [];
  const pass = (journal: Journal): void => {
    for (let frame = 0; frame < journal.count; frame += 1) {
      const start = journal.startOf(frame) / 4;
      const place = journal.places[journal.words[start + FRAME.interface]!]!.name;
      const length = journal.words[start + FRAME.original]!;
      const data = (start + FRAME.data) * 4;
      const octets = journal.octets.subarray(data, data + length);
      const fate = journal.fateOf(frame);
      if (selects({ place, fate, reason: journal.reasons.get(frame), id: 0, octets, length }))
        seen.push(`${fate === 'stays' ? '<' : ''}${octets[headerLength(octets)]!.toString(16)}`);
    }
  };
  const journal = new Journal({ timeOfDay: (now) => now, pass });
  const stage = new Stage();
  stage.virtual.lab.book.recorder = journal;
  stage
    .send(0, report(toEx(G)))
    .send(0, report(toIn(G)))
    .send(1, report(toEx(G2), { from: HOST[1] }))
    .wait(2500);
  journal.settle();
  return seen.join(' ');
};

const REFUSED = { drop: 'igmp-ignored' } as const;

const K_EVENT_FIELDS: Case = proof('the fields that scripts rely on', () => {
  const records: object[] = [];
  const observer: Observer = {
    wants: (type) => type === 'igmp',
    notify: (event) => records.push(recordOf(event, eventFieldsOf(event), '2026-01-01T00:00:00.000Z')),
  };
  const stage = new Stage(ONLY_PORT_0, observer);
  records.length = 0;
  stage
    .send(0, report(toEx(G)))
    .send(0, report(toIn(G)))
    .wait(2000);
  const common = {
    time: '2026-01-01T00:00:00.000Z',
    type: 'igmp',
    interface: 'dut.p0',
    group: G,
    source: null,
  };
  const wanted = [
    { ...common, event: 'join', reporter: HOST[0] },
    { ...common, event: 'leave', reporter: HOST[0] },
    { ...common, event: 'query-sent', reporter: null },
    { ...common, event: 'query-sent', reporter: null },
    { ...common, event: 'expire', reporter: null },
  ];
  return shapeFault(wanted, records);
});

export const events: readonly Row[] = [
  row('K08', '—', 'design', 'joins, leaves, ends, elections and limits are told as they happen', [
    kase('a group', {
      isInside: true,
      steps: [
        { ...host(0, toEx(G)), events: [`join ${G}`] },
        { ...host(0, toEx(G)), events: [] },
        { ...host(0, toIn(G)), expect: [asks({ group: G })], events: [`leave ${G}`] },
        { wait: seconds(2), expect: [asks({ group: G })], events: [`expire ${G}`] },
      ],
    }),
    kase('sources', {
      isInside: true,
      steps: [
        { send: report(record(5, G, [S1, S2])), events: [`join ${G} ${S1}`, `join ${G} ${S2}`] },
        {
          ...host(0, block(G, S1)),
          expect: [asks({ group: G, sources: [S1] })],
          events: [`leave ${G} ${S1}`],
        },
        { wait: seconds(2), expect: [asks({ group: G, sources: [S1] })], events: [`expire ${G} ${S1}`] },
      ],
    }),
    kase('another querier', { send: query(), events: [`querier-elected ${LOWER[0]}`] }),
    kase('a limit', {
      igmp: { 'max-groups': 1 },
      steps: [host(0, toEx(G)), { ...host(0, toEx(G2)), ...REFUSED, events: [`warning: group-limit ${G2}`] }],
    }),
    K_EVENT_FIELDS,
  ]),
  row('K10', '—', 'design', 'control traffic can be captured interface by interface', [
    // That tshark reads it: test/kernel/capture.test.ts, K10.
    proof('reports and the queries that they cause, and only those of the interface', () =>
      shapeFault(['<22 <22 11 11', '<22'], [captured('dut.p0'), captured('dut.p1')]),
    ),
  ]),
];
