import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeKernel, until } from '../support/kernel.js';
import { labText, type RunningLab, withLab } from '../support/lab.js';
import { reload, reloadWith, replaceFile } from '../support/reload.js';

/** Far more than a turn takes, and far less than to read one of these files: 200 ms to seconds. In milliseconds. */
const LONGEST = 60;

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');

const lab = (via: number): string => `
links: { red: {}, blue: {} }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
    routes:
${lines(5000, (at) => `      - { to: 20.${at >> 8}.${at & 255}.0/24, via: 203.0.113.${via} }`)}
    filters:
${lines(3000, (at) => `      - { name: f${at}, in: red, match: { source: 10.${at >> 8}.${at & 255}.0/24, protocol: udp }, action: drop }`)}
`;

const BAD: readonly string[] = [
  '"'.repeat(300_000),
  `version: 1\nlinks: {}\n${lines(20_000, (at) => `key${at}: 1`)}\n`,
];

describeKernel('a lab with large files', [], () => {
  it('is not held by a reload, a new filter or a look at its configuration', async () => {
    const text = labText(lab(7));
    const measured = join('/tmp', `${text.name}.turn`);
    const support = join(import.meta.dirname, '../support/longest-turn.mjs');
    const environment = { NODE_OPTIONS: `--import ${support}`, LONGEST_TURN: measured };
    try {
      await withLab(
        text,
        async (running) => {
          const longestIn = longestTurn(running, measured);
          await longestIn(() => reload(running));
          expect(await longestIn(() => reload(running))).toBeLessThan(LONGEST);
          expect(await longestIn(() => reloadWith(running, lab(8)))).toBeLessThan(LONGEST);
          expect(await longestIn(() => running.show('config'))).toBeLessThan(LONGEST / 2);
          expect(
            await longestIn(() => running.tunpike('filter', 'add', '--action', 'drop', '--in', 'red')),
          ).toBeLessThan(LONGEST / 2);
          for (const bad of BAD) {
            replaceFile(running.file, bad);
            expect(await longestIn(() => reload(running))).toBeLessThan(LONGEST);
          }
        },
        { environment },
      );
    } finally {
      rmSync(measured, { force: true });
    }
  });
});

/** Gives the longest turn of a lab's event loop while something is done. */
const longestTurn = (running: RunningLab, file: string) => {
  const read = async (): Promise<number> => {
    rmSync(file, { force: true });
    running.process.signal('SIGWINCH');
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 20_000, 'the longest turn');
    return Number(readFileSync(file, 'utf8'));
  };
  return async (act: () => Promise<unknown>): Promise<number> => {
    await read();
    await act();
    return read();
  };
};
