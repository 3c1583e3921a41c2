import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type RouteFile, readRouteFile, stateOf } from '../../src/config/read-route-file.js';
import { finished } from '../../src/pieces.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-table-'));
afterAll(() => rmSync(folder, { recursive: true }));
const PLACE = join(folder, 't.txt');

const read = (text: string, most?: number): RouteFile => {
  writeFileSync(PLACE, text);
  return finished(readRouteFile('t.txt', PLACE, true, most));
};
const refusedIn = (text: string, most?: number): readonly string[] =>
  read(text, most).refusals.map(
    ({ line, excerpt, why }) => `${line}:${why.column} ${why.fault} ${excerpt} | ${why.message}`,
  );
const failureOf = (place: string, mayWait: boolean): string | undefined => {
  const { failure, table, state, refusals, omitted } = finished(readRouteFile('name', place, mayWait));
  expect([table.size, table.file, table.place, state, refusals, omitted]).toEqual([0, 'name', place, undefined, [], 0]);
  return failure;
}; // biome-ignore format: short

describe('a file of routes', () => {
  it('is read line by line, whether or not the last one ends', () => {
    const text = '20.0.0.0/8 via 10.0.0.2\n\n# nothing\nblackhole 21.0.0.0/8 metric 5';
    for (const each of [text, `${text}\n`]) {
      const { table, refusals, failure } = read(each);
      expect([...table].map(({ to, line }) => [to.network >>> 24, to.length, line])).toEqual([[20, 8, 1], [21, 8, 4]]);
      expect([refusals, failure, table.file, table.place]).toEqual([[], undefined, 't.txt', PLACE]);
    }
    expect([...read('\n\nblackhole 20.0.0.0/8\n').table].map(({ line }) => line)).toEqual([3]);
    expect(read('').table.size).toBe(0);
  }); // biome-ignore format: short

  it('has what is wrong with each line, and the lines', () => {
    expect(refusedIn('x\n20.0.0.0/8 via 10.0.0.2\nblackhole 20.0.0.0/8\nblackhole 20.0.0.0/8 metric 5\n  20.0.0.1/8 via 10.0.0.2')).toEqual([
      '1:1 E-ADDRESS x | `x` is not a valid IPv4 address',
      '3:1 E-DUPLICATE blackhole 20.0.0.0/8 | there is already a route to 20.0.0.0/8 with metric 0',
      '5:3 E-HOSTBITS   20.0.0.1/8 via 10.0.0.2 | `20.0.0.1/8` has host bits set beyond its prefix length',
    ]);
    const { refusals, omitted } = read('x\n'.repeat(10_010));
    expect([refusals.length, omitted]).toEqual([10_000, 10]);
  }); // biome-ignore format: short

  it('has no line that is longer than a thousand octets, wherever it stands, and is read no further than it', () => {
    const remark = (length: number): string => `#${'-'.repeat(length - 1)}`;
    const after = '\nx\n';
    for (const before of ['', '# y\n'.repeat(20), '# y\n'.repeat(3846), '# y\n'.repeat(4000), '# y\n'.repeat(4095), '# y\n'.repeat(4096)]) {
      const line = before.split('\n').length;
      expect(refusedIn(`${before}${remark(1000)}${after}`)).toMatchObject([expect.stringContaining(`${line + 1}:1 E-ADDRESS`)]);
      expect(refusedIn(`${before}${remark(1001)}${after}`)).toEqual([`${line}:1 E-TYPE  | the line is longer than 1000 octets`]);
      expect(refusedIn(`${before}${remark(1001)}`)).toHaveLength(1);
      expect(refusedIn(`${before}${remark(40_000)}${after}`)).toEqual([`${line}:1 E-TYPE  | the line is longer than 1000 octets`]);
    }
  }); // biome-ignore format: short

  it('has as many routes as are read, and the first beyond them is refused', () => {
    const three = '20.0.0.0/8 via 10.0.0.2\n21.0.0.0/8 via 10.0.0.2\nblackhole 22.0.0.0/8\nx\n';
    expect(refusedIn(three, 3)).toEqual(['4:1 E-ADDRESS x | `x` is not a valid IPv4 address']);
    expect(refusedIn(three, 2)).toEqual(['3:1 E-RANGE blackhole 22.0.0.0/8 | more than 2 routes']);
    expect(read(three, 2).table.size).toBe(2);
  });

  it('gives others a turn after each piece, and knows all lines, whatever is cut where', () => {
    for (const length of [16_383, 16_384, 16_385, 32_768, 50_000]) {
      const lines = Array.from({ length: 2500 }, (_, at) => `blackhole 20.${at >> 8}.${at & 255}.0/24`);
      const text = lines.join('\n').slice(0, length);
      writeFileSync(PLACE, text);
      const pieces = readRouteFile('t.txt', PLACE, true);
      let turns = 0;
      let next = pieces.next();
      for (; next.done !== true; next = pieces.next()) turns += 1;
      expect(turns).toBe(Math.ceil(length / 16_384));
      const whole = text.split('\n').filter((line) => line.endsWith('/24'));
      expect([...next.value.table].map(({ line }) => line)).toEqual(whole.map((_, at) => at + 1));
    }
  });

  it('has room made for all of it after its first piece, and else in pieces', () => {
    const lines = Array.from({ length: 9000 }, (_, at) => `blackhole 20.${at >> 8}.${at & 255}.0/24\n`).join(
      '',
    );
    const turnsFor = (text: string): number => {
      writeFileSync(PLACE, text);
      const pieces = readRouteFile('t.txt', PLACE, true);
      let turns = 0;
      let next = pieces.next();
      for (; next.done !== true; next = pieces.next()) turns += 1;
      expect(next.value.table.size).toBe(9000);
      return turns - Math.ceil(text.length / 16_384);
    };
    expect(turnsFor(lines)).toBe(0);
    expect(turnsFor(`${`# ${'-'.repeat(900)}\n`.repeat(20)}${lines}`)).toBeGreaterThan(0);
  });

  it('is known by its state, if nobody has changed it a moment ago', () => {
    expect(read('blackhole 20.0.0.0/8').state).toBeUndefined();
    utimesSync(PLACE, 1_000_000, 1_000_000);
    const { state } = finished(readRouteFile('t.txt', PLACE, true));
    expect(state).toBe(stateOf(statSync(PLACE, { bigint: true })));
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(PLACE, { bigint: true });
    expect(state).toBe(`${dev},${ino},${size},${mtimeNs},${ctimeNs}`);
  });

  it('is not known by it where it changed while it was read', () => {
    const lines = Array.from({ length: 2500 }, (_, at) => `blackhole 20.${at >> 8}.${at & 255}.0/24\n`).join(
      '',
    );
    writeFileSync(PLACE, lines);
    utimesSync(PLACE, 1_000_000, 1_000_000);
    const pieces = readRouteFile('t.txt', PLACE, true);
    pieces.next();
    utimesSync(PLACE, 1_000_001, 1_000_001);
    expect(finished(pieces).state).toBeUndefined();
  });
});

describe('what is no file of routes', () => {
  it('is told', () => {
    mkdirSync(join(folder, 'folder'));
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
    expect(failureOf(join(folder, 'none'), true)).toBe('cannot read `name`: no such file (ENOENT)');
    expect(failureOf(join(folder, 'loop'), true)).toBe(
      'cannot read `name`: its links lead in a circle (ELOOP)',
    );
    expect(failureOf('/dev/null/name', true)).toContain('`name`: a folder of its path is a file (ENOTDIR)');
    expect(failureOf(join(folder, 'x'.repeat(300)), true)).toContain('is too long (ENAMETOOLONG)');
    for (const place of ['/dev/null', join(folder, 'folder')]) {
      expect(failureOf(place, true)).toBe('`name` is not a file or a pipe');
      expect(failureOf(place, false)).toBe('`name` is not a file');
    }
  });

  it('may be a pipe, where its reader may wait', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(failureOf(pipe, false)).toBe('`name` is not a file');
    spawn('sh', ['-c', `{ printf 'blackhole 20.'; sleep 0.05; printf '0.0.0/8'; } > '${pipe}'`], { stdio: 'ignore' });
    const { table, failure, state } = finished(readRouteFile('name', pipe, true));
    expect([table.size, failure, state]).toEqual([1, undefined, undefined]);
  }); // biome-ignore format: short
});

it('nothing stays open, whatever was read', () => {
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  for (let times = 0; times < 20; times += 1) {
    read('x');
    failureOf('/dev/null', true);
  }
  expect(open()).toBeLessThan(before + 10);
});
