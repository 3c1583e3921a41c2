import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { leftovers, type RunningLab, startLab, tunpike, withLab } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

const socketOf = ({ name }: RunningLab): string => `/run/tunpike/${name}.sock`;

/** Puts somebody else in the place of the control socket, as long as `body` runs. */
const withImpostor = async (
  lab: RunningLab,
  impostor: (client: Socket) => void,
  body: () => Promise<void>,
): Promise<void> => {
  rmSync(socketOf(lab));
  const server = createServer((client) => {
    client.on('error', () => {});
    impostor(client);
  }).listen(socketOf(lab));
  await once(server, 'listening');
  try {
    await body();
  } finally {
    server.close();
  }
};

const expectDown = async (lab: RunningLab, ...flags: readonly string[]): Promise<void> => {
  const { code, stdout, stderr } = await tunpike(['down', lab.name, ...flags]);
  expect([code, stdout, stderr]).toEqual([0, `${lab.name} is down\n`, '']);
};

describeKernel('a lab that runs, and does not answer on its control socket', [], () => {
  it('is said to run where the socket is gone, and goes down all the same', () =>
    withLab(ONE_LINK, async (lab) => {
      rmSync(socketOf(lab));
      const said = `error: ${lab.name} is running (process ${lab.process.pid}), but its control socket ${socketOf(lab)} is gone\nfix: tunpike down ${lab.name}, then tunpike up FILE\n`;
      for (const words of [
        ['show', 'status'],
        ['show', 'drops'],
        ['reload'],
        ['capture', '-w', join(lab.folder, 'frames.pcapng')],
        ['trace'],
        ['plan', lab.file],
      ]) {
        const { code, stderr } = await lab.tunpike(...words);
        expect([words, code, stderr]).toEqual([words, 5, said]);
      }
      await expectDown(lab);
      expect(await lab.process.ended()).toBe(0);
      expect(leftovers(lab.name)).toEqual([]);
    }));

  it('is not killed by --force, as it obeys a signal', () =>
    withLab(ONE_LINK, async (lab) => {
      rmSync(socketOf(lab));
      await expectDown(lab, '--force');
      expect(await lab.process.ended()).toBe(0);
      expect(leftovers(lab.name)).toEqual([]);
    }));

  it.each([
    ['ends the connection at once', (client: Socket) => void client.end()],
    ['talks nonsense', (client: Socket) => void client.write('hello\n')],
  ])('goes down where somebody else who %s is in the place of its socket', (_, impostor) =>
    withLab(ONE_LINK, async (lab) => {
      await withImpostor(lab, impostor, async () => {
        await expectDown(lab);
        expect(await lab.process.ended()).toBe(0);
      });
      expect(leftovers(lab.name)).toEqual([]);
    }),
  );

  it('is said to run where whoever is there ends the connection at once', () =>
    withLab(ONE_LINK, (lab) =>
      withImpostor(
        lab,
        (client) => void client.end(),
        async () => {
          const said = `error: ${lab.name} went away before it answered, but its process (${lab.process.pid}) runs\nfix: try again, or: tunpike down ${lab.name}\n`;
          for (const words of [['show', 'status'], ['show', 'drops'], ['reload']]) {
            const { code, stderr } = await lab.tunpike(...words);
            expect([words, code, stderr]).toEqual([words, 5, said]);
          }
          await expectDown(lab);
        },
      ),
    ));

  it('is killed only by --force where it hangs', async () => {
    const lab = await startLab(ONE_LINK);
    try {
      lab.process.signal('SIGSTOP');
      const { code, stderr } = await tunpike(['down', lab.name]);
      expect([code, stderr]).toEqual([
        8,
        `error: ${lab.name} did not answer within 5 s\nfix: tunpike down ${lab.name} --force\n`,
      ]);
      expect(lab.process.code).toBeUndefined();
      const forced = await tunpike(['down', lab.name, '--force']);
      expect([forced.code, forced.stdout]).toEqual([0, expect.stringContaining(`${lab.name} is down\n`)]);
      expect(await lab.process.ended()).toBe(128 + constants.signals.SIGKILL);
      expect(leftovers(lab.name)).toEqual([]);
    } finally {
      await lab.abandon();
    }
  });
});
