import { expect, it } from 'vitest';
import { type CaptureFile, captured, type Growing, SUSPECT } from '../support/capture.js';
import { ip } from '../support/datagram.js';
import { type Said, saidBy, saidIn } from '../support/igmp-said.js';
import { describeKernel, until } from '../support/kernel.js';
import { withLab } from '../support/lab.js';
import { ALEC, ALICE, deviceOf, pass, whileSending, withReceivers } from '../support/multicast.js';

/** A proxy between a querier and a host; all speak one version. */
const lab = (version: number, mtu = 1500): string => {
  const igmp = `{ version: ${version}, query-interval: 1s, query-response-interval: 500ms, last-member-query-interval: 300ms }`;
  return `
links: { red: {}, core: { gateway: r2, mtu: ${mtu} }, blue: { mtu: ${mtu} } }
hosts:
  alice: { interfaces: { red: { address: ${ALICE}/24, routes: [default] } } }
  spy: { interfaces: { core: { address: 10.0.0.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { core: { address: 10.0.0.1/24 }, blue: { address: 203.0.113.1/24, igmp: ${igmp} } }
    routes: [{ to: default, via: 10.0.0.2 }]
    multicast: { upstream: core }
  r2:
    interfaces: { core: { address: 10.0.0.2/24, igmp: ${igmp} }, red: { address: 198.51.100.1/24 } }
    routes: [{ to: default, via: 10.0.0.1 }]
`;
};

const ANY = '239.7.1.1';
const SPECIFIC = '232.7.1.1';

/** How long something that must be said may take to be captured, on a machine that has other things to do. */
const PATIENCE = 15_000;
/** Long enough for what comes after the last leave: two queries of each router, and what would be too many. */
const LAST_MEMBER_QUERY_TIME_MS = 600;

const PROXY = '10.0.0.1';
const QUERIER_ABOVE = '10.0.0.2';

/** Waits until something has been captured. */
const hears = (soFar: Growing, what: string, isThere: (said: readonly Said[]) => boolean): Promise<boolean> =>
  until(() => isThere(saidIn(soFar.datagrams())), PATIENCE, what);

const isGeneralQuery = ({ what, group }: Said): boolean => what === '0x11' && group === 0;

/** Waits for another general query from above and, where somebody answers in time, for what the proxy says of a group. */
const hearsAnswer = (soFar: Growing, group: string, isAnswered: boolean): Promise<boolean> => {
  const before = saidIn(soFar.datagrams()).length;
  return hears(soFar, `a general query and an answer about ${group}`, (said) => {
    const asked = said.findIndex((each, at) => at >= before && isGeneralQuery(each));
    if (asked < 0 || !isAnswered) return asked >= 0;
    return saidBy(said.slice(asked), PROXY).some((each) => each.group === ip(group));
  });
};

/** What each kind of query, or of report, of one router looks like, each once: IGMP fields of tshark. */
const kinds = async (file: CaptureFile, source: string, fields: readonly string[]): Promise<string[]> => {
  const isQuery = `igmp.type ${fields === QUERY ? '==' : '!='} 0x11`;
  const rows = await file.rows(`${isQuery} && ip.src == ${source}`, fields);
  return [...new Set(rows.map((row) => row.join(' ').trim()))].sort();
};

const QUERY = ['igmp.type', 'igmp.version', 'igmp.max_resp', 'igmp.maddr', 'igmp.num_src', 'ip.dst'];

const QUERIES: Readonly<Record<number, readonly string[]>> = {
  1: ['0x11 1  0.0.0.0  224.0.0.1'],
  2: [`0x11 2 3 ${ANY}  ${ANY}`, `0x11 2 5 0.0.0.0  224.0.0.1`],
  3: [`0x11 3 3 ${SPECIFIC} 2 ${SPECIFIC}`, `0x11 3 3 ${ANY} 0 ${ANY}`, '0x11 3 5 0.0.0.0 0 224.0.0.1'],
};

/** By version: types with the group; of version 3, all record types (IS_IN, IS_EX, TO_IN, TO_EX, ALLOW, BLOCK). */
const REPORTS: Readonly<Record<number, readonly string[]>> = {
  1: [`0x12 ${ANY}`],
  2: [`0x16 ${ANY}`, `0x17 ${ANY}`],
  3: ['1', '2', '3', '4', '5', '6'],
};

/** Nothing that routers sent is suspect, and each message is wrapped as the RFCs want it. */
const expectRight = async (file: CaptureFile): Promise<void> => {
  const ours = 'ip.src == 203.0.113.1 || ip.src == 10.0.0.1 || ip.src == 10.0.0.2';
  expect(await file.rows(`(${ours}) && (${SUSPECT})`, ['frame.number', '_ws.expert.message'])).toEqual([]);
  const wrapping = ['ip.ttl', 'ip.dsfield', 'ip.opt.ra', 'igmp.checksum.status'];
  const all = await file.rows(`igmp && (${ours})`, wrapping, '-o', 'ip.check_checksum:TRUE');
  expect(new Set(all.map((row) => row.join(' ')))).toEqual(new Set(['1 0xc0 0 1']));
};

/** What the proxy told upstream, as `REPORTS` has it. */
const toldIn = (said: readonly Said[]): string[] =>
  saidBy(said, PROXY).map(({ what }) => (what.startsWith('0x') ? `${what} ${ANY}` : what));

describeKernel('IGMP messages as tshark reads them', ['python3', 'tcpdump', 'tshark'], () => {
  it.concurrent.each([1, 2, 3])('are right in version %i, from the querier and from the proxy', (version) =>
    withLab(lab(version), async (running) => {
      let upstream: CaptureFile | undefined;
      const downstream = await captured(running, 'bob', deviceOf('bob'), async (below) => {
        upstream = await captured(running, 'spy', deviceOf('spy'), async (above) => {
          // Everybody has heard what is spoken here.
          for (const [soFar, querier] of [
            [below, '203.0.113.1'],
            [above, QUERIER_ABOVE],
          ] as const)
            await hears(soFar, `a query of ${querier}`, (said) => saidBy(said, querier).some(isGeneralQuery));
          await withReceivers(running, { bob: { group: ANY } }, async ({ bob }) => {
            await whileSending(running, 'alice', { group: ANY }, () => bob.has(1));
            // A host of version 1 takes its time to answer.
            await hearsAnswer(above, ANY, version !== 1);
          });
          if (version === 3) {
            const wish = { group: SPECIFIC, how: 'source-specific', sources: [ALICE, ALEC] } as const;
            await withReceivers(running, { bob: wish }, () =>
              hearsAnswer(above, SPECIFIC, true).then(() => {}),
            );
          }
          await hears(above, `${REPORTS[version]}`, (said) =>
            REPORTS[version]!.every((each) => toldIn(said).includes(each)),
          );
          await pass(LAST_MEMBER_QUERY_TIME_MS + 400);
        });
      });
      for (const file of [downstream, upstream!]) await expectRight(file);
      expect(await kinds(downstream, '203.0.113.1', QUERY)).toEqual(QUERIES[version]);
      const told =
        version === 3
          ? (await upstream!.rows('igmp && ip.src == 10.0.0.1', ['igmp.record_type'])).flatMap(([types]) =>
              types!.split(','),
            )
          : await kinds(upstream!, '10.0.0.1', ['igmp.type', 'igmp.maddr']);
      expect([...new Set(told)].sort()).toEqual(REPORTS[version]);
    }),
  );

  it.concurrent('are split where a narrow link does not take all sources in one', () =>
    withLab(lab(3, 576), async (running) => {
      // (576 - 24 - 12) / 4 in a query, and one less in a report.
      const [inQuery, inReport] = [135, 134];
      const isToldWhole = (counts: readonly number[]): boolean =>
        counts.some((count, at) => count === inReport && counts[at + 1] === sources.length - inReport);
      const sources = Array.from({ length: 200 }, (_, at) => `198.51.100.${at + 20}`);
      await running.on('bob', 'sysctl -qw net.ipv4.igmp_max_msf=200');
      let upstream: CaptureFile | undefined;
      const downstream = await captured(running, 'bob', deviceOf('bob'), async (below) => {
        upstream = await captured(running, 'spy', deviceOf('spy'), async (above) => {
          const wish = { group: SPECIFIC, how: 'source-specific', sources } as const;
          const tells = (what: string, address: string, soFar: Growing, total: number): Promise<boolean> =>
            hears(soFar, `${total} sources of ${what} from ${address}`, (said) => {
              const records = saidBy(said, address).filter((each) => each.what === what);
              return records.reduce((sum, each) => sum + each.sources, 0) >= total;
            });
          await withReceivers(running, { bob: wish }, async () => {
            // It may be asked while it knows some of them only: then it answers again.
            await hears(above, `all sources of 1 from ${PROXY}`, (said) =>
              isToldWhole(saidBy(said, PROXY).flatMap((each) => (each.what === '1' ? [each.sources] : []))),
            );
            await tells('5', PROXY, above, 2 * sources.length);
          });
          await tells('0x11', '203.0.113.1', below, 2 * sources.length);
          await tells('6', PROXY, above, 2 * sources.length);
          await pass(LAST_MEMBER_QUERY_TIME_MS + 400);
        });
      });
      for (const file of [downstream, upstream!]) await expectRight(file);
      const counts = async (file: CaptureFile, filter: string): Promise<number[]> =>
        (await file.rows(filter, ['igmp.num_src'])).map(([count]) => Number(count));
      const asked = await counts(
        downstream,
        'igmp.type == 0x11 && igmp.num_src > 0 && ip.src == 203.0.113.1',
      );
      // Asked twice, for bob left them; the second time they fill the queries.
      expect(asked.reduce((sum, count) => sum + count)).toBe(2 * sources.length);
      expect(asked.slice(-2)).toEqual([inQuery, sources.length - inQuery]);
      // Each change is told twice: what bob's kernel told, one report after the other, comes on as it came.
      for (const type of ['5', '6']) {
        const told = await counts(upstream!, `igmp.record_type == ${type} && ip.src == 10.0.0.1`);
        expect(told.reduce((sum, count) => sum + count)).toBe(2 * sources.length);
        expect(Math.max(...told)).toBeLessThanOrEqual(inReport);
      }
      const answered = await counts(upstream!, 'igmp.record_type == 1 && ip.src == 10.0.0.1');
      expect(isToldWhole(answered), `answered with ${answered}`).toBe(true);
      expect(Math.max(...answered)).toBeLessThanOrEqual(inReport);
    }));
});
