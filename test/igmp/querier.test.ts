import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/address.js';
import {
  QUERIER_EVENTS,
  QUERIER_MODES,
  QUERIER_STATES,
  QUERIER_TABLES,
  type QuerierMode,
} from '../../src/igmp/querier-table.js';
import * as ipv4 from '../../src/ip/header.js';
import { duration, instant, seconds } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { Bench, G, query, S1, v2Leave, v2Report } from './bench.js';

const LOWER = '192.0.2.5';
/** Our address is .9 where others are to be lower. */
const OWN = '192.0.2.9';
const HIGHER = '192.0.2.77';

const electedBy = (bench: Bench): string =>
  `${bench.igmp.querier.state} ${formatAddress(bench.igmp.querier.elected)}`;

const linesOf = (mode: QuerierMode): string[] =>
  QUERIER_STATES.flatMap((state) =>
    QUERIER_EVENTS.map((event) => {
      const { to, actions } = QUERIER_TABLES[mode][state][event];
      return `${state} + ${event} -> ${to}${actions.length > 0 ? `: ${actions.join(', ')}` : ''}`;
    }),
  );

describe('the table of the querier', () => {
  it('says for each state and event what follows', () => {
    expect(linesOf('elect').join('\n')).toMatchInlineSnapshot(`
      "down + interface-up -> querier: elect-self, start-querying
      down + interface-down -> down
      down + query-due -> down
      down + stronger-query -> down
      down + weaker-query -> down
      down + other-querier-expired -> down
      querier + interface-up -> querier
      querier + interface-down -> down: stop-querying
      querier + query-due -> querier: send-general-query
      querier + stronger-query -> non-querier: elect-sender, stop-querying, arm-other-querier
      querier + weaker-query -> querier
      querier + other-querier-expired -> querier
      non-querier + interface-up -> non-querier
      non-querier + interface-down -> down: stop-other-querier
      non-querier + query-due -> non-querier
      non-querier + stronger-query -> non-querier: elect-sender, arm-other-querier
      non-querier + weaker-query -> non-querier
      non-querier + other-querier-expired -> querier: stop-other-querier, elect-self, start-querying"
    `);
  });

  it('C28 differs where an interface never yields, or never asks', () => {
    const usual = linesOf('elect');
    const different = (mode: QuerierMode): string[] => linesOf(mode).filter((each) => !usual.includes(each));
    expect(different('always')).toMatchInlineSnapshot(`
      [
        "querier + stronger-query -> querier: note-rival",
      ]
    `);
    expect(different('never')).toMatchInlineSnapshot(`
      [
        "down + interface-up -> non-querier: elect-nobody",
        "non-querier + other-querier-expired -> non-querier: stop-other-querier, elect-nobody",
      ]
    `);
  });

  it('C28 leads no further from the states that a mode can be in', () => {
    const reached = (mode: QuerierMode): Set<string> => {
      const states = new Set<keyof (typeof QUERIER_TABLES)[QuerierMode]>(['down']);
      for (const state of states)
        for (const event of QUERIER_EVENTS) states.add(QUERIER_TABLES[mode][state][event].to);
      return states;
    };
    expect(QUERIER_MODES.map((mode) => [...reached(mode)].sort().join())).toEqual([
      'down,non-querier,querier',
      'down,querier',
      'down,non-querier',
    ]);
  });
});

describe('a querier', () => {
  it('B01 B02 asks at once, again a quarter of an interval later, and then every interval', () => {
    expect(new Bench().until(500_000).generalQueries()).toEqual([0, 31_250, 156_250, 281_250, 406_250]);
  });

  it('B02 keeps its rhythm though it is polled late', () => {
    const bench = new Bench().until(31_250);
    bench.igmp.poll(duration(156_400) as never);
    bench.now = duration(156_400) as never;
    expect(bench.until(300_000).generalQueries().slice(-2)).toEqual([156_400, 281_250]);
  });

  it('B02 spaces its start-up queries from when the previous one left', () => {
    const bench = new Bench({ startupQueryInterval: seconds(1), startupQueryCount: 3 });
    bench.igmp.down(bench.now);
    bench.igmp.up(bench.now, duration(40));
    bench.now = instant(990);
    bench.igmp.poll(bench.now);
    expect(bench.until(200_000).generalQueries()).toEqual([0, 990, 1990, 2990, 127_990]);
  });

  it('B02 asks once where it comes one or several intervals late, and goes on from there', () => {
    for (const late of [125_000, 125_001, 500_000]) {
      const bench = new Bench().until(40_000);
      const due = bench.igmp.nextDeadline();
      bench.now = instant(due + late);
      bench.igmp.poll(bench.now);
      expect(bench.generalQueries().slice(2)).toEqual([due + late]);
      expect(bench.igmp.nextDeadline()).toBe(due + late + 125_000);
    }
  });

  it('B02 counts its rhythm from when the last of the start-up queries left', () => {
    const bench = new Bench();
    bench.now = instant(40_000);
    bench.igmp.poll(bench.now);
    expect(bench.until(300_000).generalQueries()).toEqual([0, 40_000, 165_000, 290_000]);
  });

  it('B15 gives a group and its sources the time of a leave to answer, unless told', () => {
    const bench = new Bench({ queryResponseInterval: seconds(8), lastMemberQueryInterval: seconds(2) });
    bench.igmp.query({}, bench.now);
    bench.igmp.query({ group: ip(G) }, bench.now);
    bench.igmp.query({ group: ip(G), maxResponse: seconds(3) }, bench.now);
    expect(bench.sent.slice(1).map(({ message }) => message[1])).toEqual([80, 20, 30]);
  });

  it('B09 C10 keeps what it knows of the querier in office when settings change', () => {
    const bench = new Bench({}, '192.0.2.9');
    bench.hear(query('192.0.2.5', { qrv: 4, qqic: 60 }));
    bench.igmp.apply({ ...bench.igmp.settings, queryResponseInterval: seconds(5) }, bench.now);
    expect(bench.igmp.querier.elected).toBe(ip('192.0.2.5'));
    expect(bench.igmp.querier.variables).toMatchObject({
      robustness: 4,
      queryInterval: 60_000,
      queryResponseInterval: 5000,
    });
  });

  it('C09 C28 that never asks has its own variables again once the one that does is gone', () => {
    const bench = new Bench({ querier: 'never' }, '192.0.2.9');
    bench.hear(query('192.0.2.5', { qrv: 4, qqic: 60 }));
    expect(bench.igmp.querier.variables).toMatchObject({ robustness: 4, queryInterval: 60_000 });
    expect(bench.until(300_000).igmp.querier.variables).toMatchObject({
      robustness: 2,
      queryInterval: 125_000,
    });
  });

  it('B11 C28 does not begin because it is set otherwise while the interface is down', () => {
    const bench = new Bench();
    bench.igmp.down(bench.now);
    bench.igmp.apply({ ...bench.igmp.settings, querier: 'always' }, bench.now);
    expect([bench.igmp.querier.state, bench.until(500_000).generalQueries()]).toEqual(['down', [0]]);
  });

  it('B10 B11 is silent while the interface is down, and begins anew when it comes up', () => {
    const bench = new Bench().until(50_000);
    bench.igmp.down(bench.now);
    expect(bench.igmp.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
    bench.until(400_000);
    bench.igmp.up(bench.now);
    expect(bench.until(500_000).generalQueries()).toEqual([0, 31_250, 400_000, 431_250]);
  });

  it('B12 begins a little later where it is told to', () => {
    const bench = new Bench();
    bench.igmp.down(bench.now);
    bench.igmp.up(bench.now, duration(40));
    expect(bench.until(40_000).generalQueries()).toEqual([0, 40, 31_290]);
  });

  it('B15 asks once more on command, and keeps its rhythm', () => {
    const bench = new Bench().until(60_000);
    expect(bench.igmp.query({}, bench.now)).toBe(true);
    expect(bench.igmp.query({ group: ip(G), maxResponse: seconds(3) }, bench.now)).toBe(true);
    expect(bench.asked(0)).toEqual(['60000 Q(G)!']);
    expect(bench.sent.at(-1)!.message[1]).toBe(30);
    expect(bench.until(200_000).generalQueries()).toEqual([0, 31_250, 60_000, 156_250]);
  });

  it('A15 asks under the address of the interface, and without one under 0.0.0.0', () => {
    const sources = ['192.0.2.1', '0.0.0.0'].map((own) => ipv4.source(new Bench({}, own).sent[0]!.datagram));
    expect(sources.map(formatAddress)).toEqual(['192.0.2.1', '0.0.0.0']);
  });

  it('C01 C02 C11 yields to a lower address, and to nobody else', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query(HIGHER));
    expect(electedBy(bench)).toBe('querier 192.0.2.9');
    bench.hear(query(LOWER));
    expect(electedBy(bench)).toBe('non-querier 192.0.2.5');
    bench.until(254_999);
    expect(bench.generalQueries()).toEqual([0]);
  });

  it('C03 B04 C10 takes over when the other is silent for 255 seconds, and starts up again', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query(LOWER));
    expect(bench.until(300_000).generalQueries()).toEqual([0, 255_000, 286_250]);
    expect(electedBy(bench)).toBe('querier 192.0.2.9');
  });

  it('C04 never yields to 0.0.0.0', () => {
    const bench = new Bench({}, OWN);
    expect(bench.hear(query('0.0.0.0'))).toEqual([undefined]);
    expect(electedBy(bench)).toBe('querier 192.0.2.9');
  });

  it('C04 yields to any address where it has none of its own', () => {
    const bench = new Bench({}, '0.0.0.0');
    bench.hear(query(HIGHER));
    expect(electedBy(bench)).toBe('non-querier 192.0.2.77');
  });

  it('C05 D36 does not hear itself', () => {
    const bench = new Bench({}, OWN);
    expect(bench.hear(query(OWN))).toEqual(['igmp-ignored']);
    expect(bench.igmp.counters.refused['own-source']).toBe(1);
  });

  it('C06 holds no election over queries about a group', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query(LOWER, { group: G }), query(LOWER, { group: G, sources: [S1] }));
    expect(electedBy(bench)).toBe('querier 192.0.2.9');
  });

  it('C07 is kept waiting by the elected querier and by lower ones, not by those between', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query('192.0.2.5'));
    bench.until(100_000).hear(query('192.0.2.7'));
    expect(bench.igmp.querier.otherQuerierUntil).toBe(255_000);
    bench.hear(query('192.0.2.5'));
    expect(bench.igmp.querier.otherQuerierUntil).toBe(355_000);
    bench.until(150_000).hear(query('192.0.2.3'));
    expect([electedBy(bench), bench.igmp.querier.otherQuerierUntil]).toEqual([
      'non-querier 192.0.2.3',
      405_000,
    ]);
  });

  it('C08 yields to a suppressed query as well', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query(LOWER, { s: true }));
    expect(electedBy(bench)).toBe('non-querier 192.0.2.5');
  });

  it('C09 C10 B08 takes over the variables of the querier in office, and its own again with the office', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query(LOWER, { qrv: 5, qqic: 60 }));
    expect(bench.igmp.querier.variables).toMatchObject({
      robustness: 5,
      queryInterval: 60_000,
      lastMemberQueryCount: 5,
    });
    expect(bench.igmp.querier.otherQuerierUntil).toBe(305_000);
    bench.hear(query(LOWER, { qrv: 0, qqic: 0 }));
    expect(bench.igmp.querier.variables).toMatchObject({ robustness: 2, queryInterval: 125_000 });
    bench.hear(query(LOWER, { qrv: 7, qqic: 0x8f }));
    bench.until(7 * 248_000 + 5000);
    expect(electedBy(bench)).toBe('querier 192.0.2.9');
    expect(bench.igmp.querier.variables).toMatchObject({ robustness: 2, queryInterval: 125_000 });
  });

  it('C09 lets its timers follow a losing router too, but goes on telling its own robustness', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query(HIGHER, { qrv: 4, qqic: 60 }));
    expect(bench.igmp.querier.variables).toMatchObject({ robustness: 4, queryInterval: 125_000 });
    bench.until(40_000);
    expect(bench.sent.at(-1)!.message[8]).toBe(2);
  });

  it('C10 as non-querier follows the querier in office, and nobody else', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query(LOWER), query(HIGHER, { qrv: 1, qqic: 1 }), query(LOWER, { group: G, qrv: 1, qqic: 1 }));
    expect(bench.igmp.querier.variables).toMatchObject({ robustness: 2, queryInterval: 125_000 });
    // What is reported lasts until the querier has asked again, or we do.
    bench.say(['to-ex', G]);
    expect(bench.until(264_999).forwards(S1)).toBe(true);
    expect(bench.generalQueries()).toEqual([0, 255_000]);
  });

  it('C12 C11 as non-querier ignores leaves, and asks nothing, but learns', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query(LOWER), v2Report(G));
    expect(bench.forwards(S1)).toBe(true);
    expect(bench.hear(v2Leave(G))).toEqual(['igmp-ignored']);
    bench.say(['to-in', G], ['block', G, [S1]]);
    expect(bench.asked(0)).toEqual([]);
    expect(bench.after(5000).forwards(S1)).toBe(true);
  });

  it('C16 finishes the series that it began before it lost the office', () => {
    const bench = new Bench({}, OWN);
    bench.say(['to-ex', G]);
    bench.until(1000).say(['to-in', G]);
    bench.until(1500).hear(query(LOWER));
    bench.until(10_000);
    expect(bench.asked(1000)).toEqual(['0 Q(G)', '1000 Q(G)']);
    expect([bench.forwards(S1), bench.state()]).toEqual([false, undefined]);
  });

  it('C18 C19 speaks the oldest version that it hears, for 350 seconds, and says so once a minute', () => {
    const bench = new Bench({}, OWN);
    const length = (): number => bench.sent.at(-1)!.message.length;
    bench.until(1000).hear(query(HIGHER, { version: 2 }), query(HIGHER, { version: 2 }));
    expect(bench.warnings).toEqual(['version-differs']);
    bench.until(35_000);
    expect([bench.igmp.querier.version(bench.now), length(), bench.sent.at(-1)!.message[1]]).toEqual([
      2, 8, 100,
    ]);
    bench.hear(query(HIGHER, { version: 1 }));
    bench.until(160_000);
    expect([length(), bench.sent.at(-1)!.message[1]]).toEqual([8, 0]);
    bench.until(410_000);
    expect([bench.igmp.querier.version(bench.now), length()]).toEqual([3, 12]);
  });

  it('C18 C19 elects whatever version the other speaks, and takes no version from queries about a group', () => {
    for (const [set, heard] of [[3, 2], [3, 1], [2, 3]] as const) {
      const bench = new Bench({ version: set }, OWN);
      bench.hear(query(LOWER, { version: heard }));
      expect(electedBy(bench)).toBe('non-querier 192.0.2.5');
    } // biome-ignore format: pairs
    const bench = new Bench({}, OWN);
    bench.hear(query(HIGHER, { version: 2, group: G }));
    expect(bench.igmp.querier.version(bench.now)).toBe(3);
  });

  it('C28 that is told never to yield goes on asking, and says so once a minute', () => {
    const bench = new Bench({ querier: 'always' }, OWN);
    bench.hear(query(LOWER), query(LOWER));
    expect([electedBy(bench), bench.warnings]).toEqual(['querier 192.0.2.9', ['stronger-querier']]);
    expect(bench.until(160_000).generalQueries()).toEqual([0, 31_250, 156_250]);
  });

  it('C28 that is told never to ask follows the querier that it hears, and knows when that is gone', () => {
    const bench = new Bench({ querier: 'never' }, OWN);
    expect(electedBy(bench)).toBe('non-querier 0.0.0.0');
    bench.hear(query(HIGHER, { qqic: 20 }));
    expect([electedBy(bench), bench.igmp.querier.variables.queryInterval]).toEqual([
      'non-querier 192.0.2.77',
      20_000,
    ]);
    bench.hear(query(LOWER));
    expect(electedBy(bench)).toBe('non-querier 192.0.2.5');
    bench.until(255_000);
    expect([electedBy(bench), bench.sent, bench.igmp.query({}, bench.now)]).toEqual([
      'non-querier 0.0.0.0',
      [],
      false,
    ]);
  });

  it('C28 begins anew when it is told otherwise', () => {
    const bench = new Bench({ querier: 'never' }, OWN);
    bench.hear(query(LOWER));
    bench.until(1000).igmp.apply({ ...bench.igmp.settings, querier: 'elect' }, bench.now);
    expect([electedBy(bench), bench.generalQueries()]).toEqual(['querier 192.0.2.9', [1000]]);
    bench.say(['to-ex', G]);
    bench.until(2000).say(['to-in', G]);
    bench.igmp.apply({ ...bench.igmp.settings, querier: 'never' }, bench.now);
    expect(bench.until(10_000).asked(2000)).toEqual(['0 Q(G)']);
  });

  it('K08 tells who is elected, and what it sends', () => {
    const bench = new Bench({}, OWN);
    bench.hear(query(LOWER), query(LOWER));
    expect(bench.events.map(({ event, reporter }) => [event, reporter && formatAddress(reporter)])).toEqual([
      ['querier-elected', OWN],
      ['query-sent', null],
      ['querier-elected', LOWER],
    ]);
    expect(bench.elections).toBe(2);
  });
});
