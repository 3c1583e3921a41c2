import { expect, it } from 'vitest';
import { moreOpenFiles } from '../../src/host/open-files.js';

it('gives a line that works for whoever the shell is of: the hard limit is root’s to raise', () => {
  expect(moreOpenFiles(1024, 0)).toBe('ulimit -n 1024');
  expect(moreOpenFiles(1024, 1000)).toMatch(/^sudo prlimit --pid \$\$ --nofile=1024 {3}\(only root/);
});
