import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface Fault {
  readonly name: string;
  readonly file: string;
  readonly is: string;
  readonly becomes: string;
}

const root = join(import.meta.dirname, '../..');
const { FAULTS } = (await import(join(root, 'scripts/mutation/native-faults.mjs'))) as {
  FAULTS: readonly Fault[];
};

it.each(FAULTS.map((fault) => [fault.file, fault.name, fault] as const))(
  'a fault of %s, that %s, has its place',
  (file, _name, { is, becomes }) => {
    const parts = readFileSync(join(root, 'src/tun/native', file), 'utf8').split(is);
    expect(parts).toHaveLength(2);
    expect(becomes).not.toBe(is);
  },
);

it('no two faults have one name', () => {
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});
