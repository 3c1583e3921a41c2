import { expect, it } from 'vitest';
import { type CaptureFile, captured, SUSPECT } from '../support/capture.js';
import { describeKernel } from '../support/kernel.js';
import { withLab } from '../support/lab.js';
import { ALEC, ALICE, deviceOf, pass, whileSending, withReceivers } from '../support/multicast.js';

/** A proxy between a querier and a host; all speak one version. */
const lab = (version: number, mtu = 1500): string => {
  const igmp = `{ version: ${version}, query-interval: 2s, query-response-interval: 1s, last-member-query-interval: 300ms }`;
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
const LONGEST_ANSWER_MS = 1000;

/** What each kind of query, or of report, of one router looks like, each once: IGMP fields of tshark. */
const kinds = async (file: CaptureFile, source: string, fields: readonly string[]): Promise<string[]> => {
  const isQuery = `igmp.type ${fields === QUERY ? '==' : '!='} 0x11`;
  const rows = await file.rows(`${isQuery} && ip.src == ${source}`, fields);
  return [...new Set(rows.map((row) => row.join(' ').trim()))].sort();
};

const QUERY = ['igmp.type', 'igmp.version', 'igmp.max_resp', 'igmp.maddr', 'igmp.num_src', 'ip.dst'];

const QUERIES: Readonly<Record<number, readonly string[]>> = {
  1: ['0x11 1  0.0.0.0  224.0.0.1'],
  2: [`0x11 2 10 0.0.0.0  224.0.0.1`, `0x11 2 3 ${ANY}  ${ANY}`],
  3: ['0x11 3 10 0.0.0.0 0 224.0.0.1', `0x11 3 3 ${SPECIFIC} 2 ${SPECIFIC}`, `0x11 3 3 ${ANY} 0 ${ANY}`],
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

describeKernel('IGMP messages as tshark reads them', ['python3', 'tcpdump', 'tshark'], () => {
  it.each([1, 2, 3])('are right in version %i, from the querier and from the proxy', (version) =>
    withLab(lab(version), async (running) => {
      let upstream: CaptureFile | undefined;
      const downstream = await captured(running, 'bob', deviceOf('bob'), async () => {
        upstream = await captured(running, 'spy', deviceOf('spy'), async () => {
          // Everybody has heard what is spoken here.
          await pass(600);
          await withReceivers(running, { bob: { group: ANY } }, async ({ bob }) => {
            await whileSending(running, 'alice', { group: ANY }, () => bob.has(1));
            await pass(2000 + LONGEST_ANSWER_MS);
          });
          if (version === 3) {
            const wish = { group: SPECIFIC, how: 'source-specific', sources: [ALICE, ALEC] } as const;
            await withReceivers(running, { bob: wish }, () => pass(2000 + LONGEST_ANSWER_MS));
          }
          await pass(1000);
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

  it('are split where a narrow link does not take all sources in one', () =>
    withLab(lab(3, 576), async (running) => {
      // (576 - 24 - 12) / 4 in a query, and one less in a report.
      const [inQuery, inReport] = [135, 134];
      const sources = Array.from({ length: 200 }, (_, at) => `198.51.100.${at + 20}`);
      await running.on('bob', 'sysctl -qw net.ipv4.igmp_max_msf=200');
      let upstream: CaptureFile | undefined;
      const downstream = await captured(running, 'bob', deviceOf('bob'), async () => {
        upstream = await captured(running, 'spy', deviceOf('spy'), async () => {
          const wish = { group: SPECIFIC, how: 'source-specific', sources } as const;
          await withReceivers(running, { bob: wish }, () => pass(2000 + LONGEST_ANSWER_MS));
          await pass(1500);
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
      expect(answered.slice(0, 2)).toEqual([inReport, sources.length - inReport]);
    }));
});
