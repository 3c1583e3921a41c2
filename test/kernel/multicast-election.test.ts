import { expect, it } from 'vitest';
import { captured } from '../support/capture.js';
import { describeKernel } from '../support/kernel.js';
import { startLab, withLab } from '../support/lab.js';
import { flawsOf, pass, Receiver, whileSending } from '../support/multicast.js';
import { joinedLinks } from '../support/wires.js';

/** The other querier present interval is 2.1 s with these. */
const IGMP = '{ query-interval: 1s, query-response-interval: 200ms }';
const OTHER_QUERIER_PRESENT_INTERVAL = 2.1;

const TWO_ON_ONE_LINK = `
links: { lan: { gateway: r1 }, red: {} }
hosts:
  watch: { interfaces: { lan: { address: 192.0.2.10/24, routes: [default] } } }
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { lan: { address: 192.0.2.1/24, igmp: ${IGMP} } }
    routes: [{ to: default, via: 192.0.2.2 }]
  r2:
    interfaces: { lan: { address: 192.0.2.2/24, igmp: ${IGMP} }, red: { address: 198.51.100.1/24 } }
`;

const oneOf = (router: string, host: string): string => `
links: { lan: {} }
hosts: { watch: { interfaces: { lan: { address: ${host}/24, routes: [default] } } } }
routers: { r: { interfaces: { lan: { address: ${router}/24, igmp: ${IGMP} } } } }
`;

const DEVICE = 'tp-watch-lan';
const GENERAL_QUERY = 'igmp.type == 0x11 && igmp.maddr == 0.0.0.0';

describeKernel(
  'two queriers on one link',
  ['python3', 'tcpdump', 'tshark'],
  () => {
    it('agree that the lower address asks, and the other forwards all the same', () =>
      withLab(TWO_ON_ONE_LINK, async (lab) => {
        const watch = new Receiver(lab, 'watch', DEVICE, { group: '239.6.1.1' });
        try {
          const file = await captured(lab, 'watch', DEVICE, async () => {
            await watch.joined();
            await whileSending(lab, 'alice', { group: '239.6.1.1' }, async () => {
              await watch.has(10);
              await pass(3000);
            });
          });
          expect(flawsOf(watch.received)).toEqual([]);
          const times = async (source: string): Promise<number[]> =>
            (await file.rows(`${GENERAL_QUERY} && ip.src == ${source}`, ['frame.time_relative'])).map(
              ([time]) => Number(time),
            );
          expect((await times('192.0.2.1')).length).toBeGreaterThanOrEqual(3);
          expect((await times('192.0.2.2')).filter((time) => time > 1)).toEqual([]);
        } finally {
          await watch.stop();
        }
      }));

    it('of two processes: the loser takes over when the winner’s interface goes down, and gives way again', async () => {
      const winner = await startLab(oneOf('192.0.2.1', '192.0.2.11'));
      const loser = await startLab(oneOf('192.0.2.2', '192.0.2.12'));
      const cable = await joinedLinks(
        { lab: winner, host: 'watch', device: DEVICE },
        { lab: loser, host: 'watch', device: DEVICE },
      );
      try {
        // Of what takes its time on a busy machine, the beginning and the end.
        let [downAt, isDownAt, upAt, isUpAt] = [0, 0, 0, 0];
        const clock = (): number => Date.now() / 1000;
        const file = await captured(loser, 'watch', DEVICE, async () => {
          // Long enough for the loser to give way.
          await pass(2500);
          downAt = clock();
          await winner.on('watch', `ip link set ${DEVICE} down`);
          isDownAt = clock();
          await pass(OTHER_QUERIER_PRESENT_INTERVAL * 1000 + 1500);
          upAt = clock();
          await winner.on('watch', `ip link set ${DEVICE} up`);
          isUpAt = clock();
          await pass(2500);
        });
        const queries = (await file.rows(GENERAL_QUERY, ['frame.time_epoch', 'ip.src'])).map(
          ([time, source]) => ({ time: Number(time), source }),
        );
        const between = (from: number, to: number): (string | undefined)[] => [
          ...new Set(queries.filter(({ time }) => time > from && time < to).map(({ source }) => source)),
        ];
        const lastHeard = Math.max(
          ...queries
            .filter(({ time, source }) => source === '192.0.2.1' && time < upAt)
            .map(({ time }) => time),
        );
        const tookOver = queries.find(({ time, source }) => source === '192.0.2.2' && time > downAt)!.time;
        console.log(`took over ${Math.round((tookOver - lastHeard) * 1000)} ms after the last query`);
        expect(between(downAt - 1.2, downAt)).toEqual(['192.0.2.1']);
        expect(tookOver - lastHeard).toBeGreaterThan(OTHER_QUERIER_PRESENT_INTERVAL - 0.1);
        expect(tookOver - lastHeard).toBeLessThan(OTHER_QUERIER_PRESENT_INTERVAL + 0.3);
        expect(between(isDownAt + 0.2, upAt)).toEqual(['192.0.2.2']);
        expect(between(isUpAt + 1, Number.POSITIVE_INFINITY)).toEqual(['192.0.2.1']);
      } finally {
        await cable.stop();
        await winner.abandon();
        await loser.abandon();
      }
    });
  },
  { concurrent: true },
);
