import { join } from 'node:path';
import { it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';
import { ALICE, memberInterfaces, TOPOLOGIES } from '../support/multicast.js';

const SECONDS = 2;
const FRAMES = 25 * SECONDS;
const GROUP = '239.4.2.1';
const PORT = 5004;

/** Sends a test pattern at the speed of its clock, and writes the same transport stream to a file. */
const sender = (copy: string): string[] => [
  ...['ffmpeg', '-nostdin', '-loglevel', 'warning', '-re'],
  ...['-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=25:duration=${SECONDS}`],
  ...['-map', '0:v', '-c:v', 'mpeg2video', '-b:v', '4M', '-f', 'tee'],
  `[f=mpegts]${copy}|[f=mpegts]udp://${GROUP}:${PORT}?ttl=8&pkt_size=1316&localaddr=${ALICE}`,
];

/** What joins the group, and takes its stream to be over where nothing came for 3 s. */
const source = (address: string): string =>
  `udp://${GROUP}:${PORT}?localaddr=${address}&buffer_size=1048576&timeout=3000000`;

const hashed = (input: string): string[] => [
  ...['ffmpeg', '-nostdin', '-loglevel', 'warning', '-i', input],
  ...['-map', '0:v', '-f', 'framemd5', '-'],
];

const counted = (input: string): string[] => [
  ...['ffprobe', '-loglevel', 'warning', '-count_frames', '-of', 'csv=p=0'],
  ...['-select_streams', 'v', '-show_entries', 'stream=nb_read_frames', input],
];

/** The last column of ffmpeg's framemd5: a hash for each frame, in order. */
const hashesOf = (framemd5: string): string[] =>
  [...framemd5.matchAll(/, ([0-9a-f]{32})$/gm)].map(([, hash]) => hash!);

for (const [title, text] of TOPOLOGIES) {
  describeKernel(
    `a video by ffmpeg ${title}`,
    ['ffmpeg', 'ffprobe'],
    () => {
      const lab = sharedLab(text);

      it('comes to two receivers on two links frame by frame as it was sent', async ({ expect }) => {
        const copy = join(lab().folder, 'sent.ts');
        const bob = lab().background('bob', hashed(source('203.0.113.10')));
        const carol = lab().background('carol', counted(source('192.0.2.10')));
        try {
          const wanted = expect.arrayContaining([
            'r1.blue',
            'r1.green',
            ...(title.includes('proxy') ? ['r2.core'] : []),
          ]);
          await expect.poll(() => memberInterfaces(lab(), GROUP), { timeout: 10_000 }).toEqual(wanted);
          const alice = lab().background('alice', sender(copy));
          try {
            expect(await alice.ended()).toBe(0);
          } finally {
            await alice.stop();
          }
          await Promise.all([bob.ended(), carol.ended()]);
          const original = await lab().on('alice', hashed(copy).join(' '));
          const sent = hashesOf(original.stdout);
          expect(sent).toHaveLength(FRAMES);
          expect(hashesOf(bob.stdout)).toEqual(sent);
          expect(Number.parseInt(carol.stdout, 10)).toBe(FRAMES);
          expect(`${bob.stderr}${carol.stderr}`).not.toMatch(
            /corrupt|continuity|error while decoding|overrun/i,
          );
        } finally {
          await bob.stop();
          await carol.stop();
        }
      });
    },
    { concurrent: true },
  );
}
