import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { type CaptureFile, captured, SUSPECT } from '../support/capture.js';
import { FRR_PROGRAMS, type Frr, withFrr } from '../support/frr.js';
import { describeKernel } from '../support/kernel.js';
import { MAIN, type RunningLab, startLab, withLab } from '../support/lab.js';
import { flawsOf, pass, Receiver, whileSending } from '../support/multicast.js';
import { joinedLinks } from '../support/wires.js';

const GROUP = '239.8.1.1';
/** What the router itself is a member of, and says so when another asks. */
const JOINED = '239.8.2.1';

/** The other querier present interval is 2.4 s with these, here and there. */
const IGMP = `{ query-interval: 1s, query-response-interval: 800ms, join-groups: [{ group: ${JOINED} }] }`;
const PIMD = (device: string): string => `interface ${device}
 ip igmp
 ip igmp query-max-response-time 8
 ip igmp query-interval 1
`;
const OTHER_QUERIER_PRESENT_INTERVAL = 2.4;

const ROUTER = '192.0.2.5';

const labWith = (frr: string): string => `
links: { lan: {}, red: {} }
hosts:
  frr: { interfaces: { lan: { address: ${frr}/24, routes: [default] } } }
  watch: { interfaces: { lan: { address: 192.0.2.20/24, routes: [default] } } }
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
routers:
  r1:
    interfaces:
      lan: { address: ${ROUTER}/24, igmp: ${IGMP} }
      red: { address: 198.51.100.1/24 }
`;

const WATCH = 'tp-watch-lan';
const FRR = 'tp-frr-lan';

interface IgmpRow {
  readonly role: string;
  readonly querier: string;
  readonly otherQuerierExpiresSeconds: number | null;
}

interface FrrInterface {
  /** Missing where another is. */
  readonly querier?: boolean;
  readonly querierIp: string;
  readonly version: number;
}

const tunpikeOn = async (lab: RunningLab): Promise<IgmpRow | undefined> =>
  (await lab.show<IgmpRow[]>('igmp'))[0];

const frrOn = async (frr: Frr, device: string): Promise<Partial<FrrInterface>> => ({
  querier: false,
  ...(await frr.show<Record<string, FrrInterface>>('ip igmp interface'))[device],
});

const groupsOf = async (frr: Frr, device: string): Promise<string[]> => {
  type Groups = Record<string, { readonly groups: readonly { readonly group: string }[] }>;
  const { [device]: on } = await frr.show<Groups>('ip igmp groups');
  return (on?.groups ?? []).map(({ group }) => group).sort();
};

/** Who was elected, in order, by the events of `monitor -j`. */
const electionsIn = (lines: string): string[] => {
  const events = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string | null>);
  const elections = events.filter(({ event }) => event === 'querier-elected');
  for (const each of elections)
    expect(each).toMatchObject({ type: 'igmp', interface: 'r1.lan', group: null, source: null });
  return elections.map(({ reporter }) => reporter!);
};

/** When each of some sources asked what is wanted, in seconds since 1970. */
const queriesIn = async (file: CaptureFile): Promise<{ time: number; source: string }[]> => {
  const rows = await file.rows('igmp.type == 0x11', ['frame.time_epoch', 'ip.src']);
  return rows.map(([time, source]) => ({ time: Number(time), source: source! }));
};

const SOON = { timeout: 10_000, interval: 100 };

describeKernel(
  'a querier beside FRR’s',
  ['python3', 'tcpdump', 'tshark', ...FRR_PROGRAMS],
  () => {
    it('gives way to it where it has the lower address, forwards all the same, and takes over once it is dead', ({
      expect,
    }) =>
      withLab(labWith('192.0.2.1'), (lab) =>
        withFrr(lab, 'frr', async (frr) => {
          const follow = [process.execPath, MAIN, '-n', lab.name, 'monitor', '-j', '--type', 'igmp'];
          const monitor = new Background(follow);
          const watch = new Receiver(lab, 'watch', WATCH, { group: GROUP });
          let killedAt = 0;
          try {
            await expect.poll(() => monitor.stderr, SOON).toContain('following');
            const pimd = await frr.start('pimd', PIMD(FRR));
            await expect
              .poll(() => tunpikeOn(lab), SOON)
              .toMatchObject({ role: 'non-querier', querier: '192.0.2.1' });
            expect((await tunpikeOn(lab))!.otherQuerierExpiresSeconds).toBeLessThanOrEqual(
              OTHER_QUERIER_PRESENT_INTERVAL,
            );
            const file = await captured(lab, 'watch', WATCH, async () => {
              await watch.joined();
              await whileSending(lab, 'alice', { group: GROUP }, async () => {
                await watch.has(1);
                // Longer than a group lives that nobody asks about.
                await pass(4000);
                expect(await tunpikeOn(lab)).toMatchObject({ role: 'non-querier' });
                expect(await groupsOf(frr, FRR)).toEqual([GROUP, JOINED]);
                killedAt = Date.now() / 1000;
                await pimd.kill();
                await expect
                  .poll(() => tunpikeOn(lab), SOON)
                  .toMatchObject({ role: 'querier', querier: ROUTER });
                // Until long after the members had to answer the first query.
                await pass(1500);
              });
            });
            expect(flawsOf(watch.received)).toEqual([]);
            expect(electionsIn(monitor.stdout)).toEqual(['192.0.2.1', ROUTER]);
            expect(await file.rows(`ip.src == ${ROUTER} && (${SUSPECT})`, ['_ws.expert.message'])).toEqual(
              [],
            );
            const queries = await queriesIn(file);
            const lastOfFrr = Math.max(
              ...queries.filter(({ source }) => source === '192.0.2.1').map(({ time }) => time),
            );
            const ours = queries.filter(({ source }) => source === ROUTER).map(({ time }) => time);
            console.log(`took over ${Math.round((ours[0]! - lastOfFrr) * 1000)} ms after FRR’s last query`);
            expect(ours[0]!).toBeGreaterThan(killedAt);
            expect(ours[0]! - lastOfFrr).toBeGreaterThan(OTHER_QUERIER_PRESENT_INTERVAL - 0.1);
            expect(ours[0]! - lastOfFrr).toBeLessThan(OTHER_QUERIER_PRESENT_INTERVAL + 0.5);
            expect(queries.filter(({ source }) => source === '192.0.2.1').length).toBeGreaterThanOrEqual(3);
          } finally {
            await watch.stop();
            await monitor.stop();
          }
        }),
      ));

    it('keeps FRR’s silent where that has the higher address, until the router stops', async ({ expect }) => {
      const ours = await startLab(labWith('192.0.2.30'));
      const theirs = await startLab(`
links: { lan: {} }
hosts:
  frr: { interfaces: { lan: { address: 192.0.2.9/24, routes: [default] } } }
  watch: { interfaces: { lan: { address: 192.0.2.21/24, routes: [default] } } }
routers: { silent: { interfaces: { lan: { address: 192.0.2.8/24 } } } }
`);
      let cable: Background | undefined;
      try {
        cable = await joinedLinks(
          { lab: ours, host: 'watch', device: WATCH },
          { lab: theirs, host: 'watch', device: WATCH },
        );
        await withFrr(theirs, 'frr', async (frr) => {
          await frr.start('pimd', PIMD(FRR));
          const watch = new Receiver(ours, 'watch', WATCH, { group: GROUP });
          let stoppedAt = 0;
          try {
            const file = await captured(theirs, 'frr', FRR, async () => {
              await watch.joined();
              await expect
                .poll(() => frrOn(frr, FRR), SOON)
                .toMatchObject({ querier: false, querierIp: ROUTER, version: 3 });
              await whileSending(ours, 'alice', { group: GROUP }, async () => {
                await watch.has(1);
                await pass(2000);
              });
              expect(await frrOn(frr, FRR)).toMatchObject({ querier: false });
              expect(await tunpikeOn(ours)).toMatchObject({ role: 'querier', querier: ROUTER });
              expect(flawsOf(watch.received)).toEqual([]);
              await watch.stop();
              stoppedAt = Date.now() / 1000;
              expect(await ours.stop()).toBe(0);
              await expect
                .poll(() => frrOn(frr, FRR), SOON)
                .toMatchObject({ querier: true, querierIp: '192.0.2.9' });
              await pass(200);
            });
            const queries = await queriesIn(file);
            const lastOfOurs = Math.max(
              ...queries.filter(({ source }) => source === ROUTER).map(({ time }) => time),
            );
            const early = queries.filter(
              ({ time, source }) => source === '192.0.2.9' && time > stoppedAt - 2 && time < stoppedAt,
            );
            expect(early).toEqual([]);
            const theirsAfter = queries.filter(
              ({ time, source }) => source === '192.0.2.9' && time > stoppedAt,
            );
            console.log(
              `FRR took over ${Math.round((theirsAfter[0]!.time - lastOfOurs) * 1000)} ms after our last query`,
            );
            expect(theirsAfter[0]!.time - lastOfOurs).toBeGreaterThan(OTHER_QUERIER_PRESENT_INTERVAL - 0.5);
          } finally {
            await watch.stop();
          }
        });
      } finally {
        await cable?.stop();
        await ours.abandon();
        await theirs.abandon();
      }
    });
  },
  { concurrent: true },
);
