import { expect, it } from 'vitest';
import { ownWords } from '../../src/cli/own-words.js';

it.each([
  ['filter add --name f --action drop', 'filter add --own-name f --action drop'],
  ['filter add --action drop --name=f', 'filter add --action drop --own-name=f'],
  ['--name lab filter -j add --name f -n other', '--name lab filter -j add --own-name f -n other'],
  ['-n filter filter add --name add', '-n filter filter add --own-name add'],
  ['filter del f --name lab', 'filter del f --name lab'],
  ['filter del -r r1 f --name lab', 'filter del -r r1 f --name lab'],
  ['filter del --name lab -j f', 'filter del --name lab -j f'],
  ['filter del --name f', 'filter del --own-name f'],
  ['-n lab filter del --name=f -r r1', '-n lab filter del --own-name=f -r r1'],
  ['filter del --router r1 --name f -n lab', 'filter del --router r1 --own-name f -n lab'],
  ['filter list --name lab', 'filter list --name lab'],
  ['filter --name lab list', 'filter --name lab list'],
  ['show filters --name lab', 'show filters --name lab'],
  ['exec alice ping -c 1 -n bob', 'exec alice -- ping -c 1 -n bob'],
  ['-n lab exec -j alice ls -j', '-n lab exec -j alice -- ls -j'],
  ['exec alice -n lab ls -n', 'exec alice -n lab -- ls -n'],
  ['exec alice -- ping -c 1', 'exec alice -- ping -c 1'],
  ['exec -- alice ping -c 1', 'exec -- alice ping -c 1'],
  ['exec alice sh -- -x', 'exec alice -- sh -- -x'],
  ['exec alice --help', 'exec alice --help'],
  ['exec alice', 'exec alice'],
  ['exec', 'exec'],
  ['filter', 'filter'],
  ['', ''],
])('%s is %s', (line, words) => {
  const argv = line.split(' ').filter(Boolean);
  expect(ownWords(argv).join(' ')).toBe(words);
});
