import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CaptureFile } from '../../../src/observe/capture/capture-file.js';
import {
  blocksIn,
  ENHANCED_PACKET,
  INTERFACE_STATISTICS,
  interfaceDescription,
  SECTION_HEADER,
  sectionHeader,
} from '../../../src/observe/capture/pcapng.js';
import { openIn } from '../../support/open-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpcapture-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const written = (file: CaptureFile, blocks: Uint8Array) =>
  new Promise((resolve) => file.write(blocks, resolve));
const HEADER = Buffer.concat([
  sectionHeader('tunpike test'),
  interfaceDescription('r1.red', 'router r1', 96),
]);

const FRAME = new Uint8Array(Uint32Array.of(6, 64, 0, 0, 0, 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 64).buffer);
const frames = (count: number): Uint8Array => Buffer.concat(Array.from({ length: count }, () => FRAME));
const LOST_NONE = { frames: 0, octets: 0 };

/** So many are in a file, which begins with the header and ends with a whole block. */
const framesIn = (path: string): number => {
  const octets = readFileSync(path);
  const blocks = [...blocksIn(octets)];
  expect(blocks.at(-1)?.to).toBe(octets.length);
  expect(octets.subarray(0, HEADER.length)).toEqual(HEADER);
  return blocks.filter(({ type }) => type === ENHANCED_PACKET).length;
};

describe('the file of a capture', () => {
  it('is for its owner alone, and another capture takes its place', async () => {
    const path = join(folder, 'a.pcapng');
    for (let turn = 0; turn < 2; turn += 1) {
      const file = CaptureFile.prepare({ path });
      file.publish();
      file.keep();
      await written(file, HEADER);
      await file.close();
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path)).toEqual(HEADER);
    expect(readdirSync(folder)).toEqual(['a.pcapng']);
  });

  it('gives back what had its name', async () => {
    const path = join(folder, 'a.pcapng');
    writeFileSync(path, HEADER);
    const file = CaptureFile.prepare({ path });
    file.publish();
    expect(statSync(path).size).toBe(0);
    await file.takeBack();
    expect(readFileSync(path)).toEqual(HEADER);
    expect(readdirSync(folder)).toEqual(['a.pcapng']);
  });

  it('leaves alone what is no capture: links, devices, folders, other files', () => {
    const [text, link] = [join(folder, 'text'), join(folder, 'link')];
    writeFileSync(text, 'precious');
    symlinkSync(text, link);
    for (const path of [text, link, folder, '/dev/full'])
      expect(() => CaptureFile.prepare({ path })).toThrow(expect.objectContaining({ exitCode: 6 }));
    expect(() => CaptureFile.prepare({ path: join(folder, 'none', 'a') })).toThrow(
      expect.objectContaining({ exitCode: 4 }),
    );
    expect(readFileSync(text, 'utf8')).toBe('precious');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('begins anew when it gets too long, each file with the header, and keeps so many', async () => {
    const path = join(folder, 'a.pcapng');
    const file = CaptureFile.prepare({ path, rotate: 400, keep: 3 });
    file.publish();
    file.keep();
    await written(file, HEADER);
    for (let turn = 0; turn < 10; turn += 1) await written(file, frames(3));
    await file.close();
    expect(readdirSync(folder).sort()).toEqual(['a.pcapng', 'a.pcapng.1', 'a.pcapng.2']);
    for (const name of readdirSync(folder)) {
      const octets = readFileSync(join(folder, name));
      expect(octets.length).toBeLessThanOrEqual(400);
      const blocks = [...blocksIn(octets)];
      expect(blocks[0]!.type).toBe(SECTION_HEADER);
      expect(blocks.filter(({ type }) => type === SECTION_HEADER)).toHaveLength(1);
      expect(blocks.at(-1)!.to).toBe(octets.length);
    }
  });

  it('gets no longer where an older one is not ours: says so once, counts what is lost, and goes on when it can', async () => {
    const [path, older] = [join(folder, 'a.pcapng'), join(folder, 'a.pcapng.1')];
    const told: string[] = [];
    const file = CaptureFile.prepare({ path, rotate: 400, keep: 2, onFailure: (why) => told.push(why) });
    file.publish();
    file.keep();
    writeFileSync(older, 'precious');
    await written(file, HEADER);
    let lost = 0;
    const writeThree = async (): Promise<number> => {
      const { frames: missing, octets } = (await written(file, frames(3))) as typeof LOST_NONE;
      expect(octets).toBe(missing * 20);
      lost += missing;
      return missing;
    };
    for (let turn = 0; turn < 10; turn += 1) await writeThree();
    // Nobody waits until a file is closed.
    await vi.waitFor(() => expect(openIn(folder)).toEqual([expect.stringContaining('/.tunpike-')]), 10_000);
    expect(told).toEqual([`${older} exists already, and is no capture of tunpike`]);
    expect(readFileSync(older, 'utf8')).toBe('precious');
    expect(statSync(path).size).toBeLessThanOrEqual(400);
    expect(framesIn(path)).toBe(30 - lost);
    expect(lost).toBeGreaterThan(20);
    expect(readdirSync(folder).sort()).toEqual(['a.pcapng', 'a.pcapng.1']);
    // What has no frames, as the end of a capture, is written all the same.
    const end = Uint8Array.from(FRAME);
    new Uint32Array(end.buffer)[0] = INTERFACE_STATISTICS;
    const size = statSync(path).size;
    expect(await written(file, end)).toEqual(LOST_NONE);
    expect(statSync(path).size).toBe(size + end.length);
    rmSync(older);
    await expect.poll(writeThree, { interval: 100, timeout: 5000 }).toBe(0);
    await file.close();
    expect(told).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual(['a.pcapng', 'a.pcapng.1']);
    expect([framesIn(older) > 0, framesIn(path)]).toEqual([true, 3]);
  });

  /** A file that has its name, the header and three frames; and what it tells. */
  const begun = async (options: { readonly rotate?: number } = {}) => {
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    const path = join(inner, 'a.pcapng');
    const told: string[] = [];
    const file = CaptureFile.prepare({
      ...{ path, ...options },
      onFailure: () => told.push('failure'),
      onTaken: (how) => told.push(how),
    });
    file.publish();
    file.keep();
    await written(file, Buffer.concat([HEADER, frames(3)]));
    return { inner, path, file, told };
  };

  it.each([undefined, 100_000])('is begun anew when it was removed (rotation: %s)', async (rotate) => {
    const { path, file, told } = await begun(rotate === undefined ? {} : { rotate });
    for (let turn = 1; turn <= 2; turn += 1) {
      rmSync(path);
      expect(await written(file, frames(2))).toEqual(LOST_NONE);
      expect(await written(file, frames(2))).toEqual(LOST_NONE);
      expect(framesIn(path)).toBe(4);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    await file.close();
    // Once a minute is enough.
    expect(told).toEqual(['removed']);
    expect(readdirSync(join(folder, 'inner'))).toEqual(['a.pcapng']);
  });

  it('is begun anew when it was moved away, and loses nothing', async () => {
    const { inner, path, file, told } = await begun();
    renameSync(path, join(inner, 'b.pcapng'));
    expect(await written(file, frames(2))).toEqual(LOST_NONE);
    await file.close();
    expect(told).toEqual(['moved away']);
    expect([framesIn(join(inner, 'b.pcapng')), framesIn(path)]).toEqual([3, 2]);
  });

  it('goes on where it was moved to when something else has its name', async () => {
    const { inner, path, file, told } = await begun();
    renameSync(path, join(inner, 'b.pcapng'));
    writeFileSync(path, 'precious');
    expect(await written(file, frames(2))).toEqual(LOST_NONE);
    await file.close();
    expect(told).toEqual(['failure']);
    expect(readFileSync(path, 'utf8')).toBe('precious');
    expect(framesIn(join(inner, 'b.pcapng'))).toBe(5);
    expect(readdirSync(inner).sort()).toEqual(['a.pcapng', 'b.pcapng']);
  });

  it('counts as lost what nobody could find, until its folder is there again', async () => {
    const { inner, path, file, told } = await begun();
    rmSync(inner, { recursive: true });
    expect(await written(file, frames(2))).toEqual({ frames: 2, octets: 40 });
    expect(await written(file, frames(1))).toEqual({ frames: 1, octets: 20 });
    mkdirSync(inner);
    await expect.poll(() => written(file, frames(1)), { interval: 100, timeout: 5000 }).toEqual(LOST_NONE);
    await file.close();
    expect(told).toEqual(['failure', 'removed']);
    expect(framesIn(path)).toBe(1);
  });

  const replacements: readonly (readonly [string, (inner: string) => void])[] = [
    ['link', (inner) => symlinkSync(join(folder, 'victim'), inner)],
    [
      'folder of others',
      (inner) => {
        renameSync(join(folder, 'victim'), inner);
        chownSync(inner, 12_345, 12_345);
        symlinkSync(inner, join(folder, 'victim'));
      },
    ],
  ];
  // Only root can give a folder away.
  it.each(replacements.slice(0, process.getuid?.() === 0 ? 2 : 1))(
    'goes into no %s that has the name of its folder, and says so',
    async (_, replace) => {
      mkdirSync(join(folder, 'victim'));
      const { inner, file, told } = await begun({ rotate: 400 });
      rmSync(inner, { recursive: true });
      replace(inner);
      expect(await written(file, frames(2))).toEqual({ frames: 2, octets: 40 });
      expect(await written(file, frames(6))).toEqual({ frames: 6, octets: 120 });
      await file.close();
      expect(told).toEqual(['failure']);
      expect(readdirSync(join(folder, 'victim'))).toEqual([]);
    },
  );
});
