import { expect, it } from 'vitest';
import { HiddenNamespaces } from '../../src/host/hidden-namespaces.js';

const SEEN = `71 1 254:0 / / rw - ext4 /dev/vda rw
93 71 0:42 / /run rw shared:5 - tmpfs tmpfs rw
94 93 0:42 /netns /run/netns rw shared:5 - tmpfs tmpfs rw
95 94 0:4 net:[4026532460] /run/netns/alice rw shared:6 - nsfs nsfs rw
96 94 0:4 net:[4026532529] /run/netns/bob rw shared:7 - nsfs nsfs rw
98 94 0:4 net:[4026532460] /run/netns/copy rw shared:6 - nsfs nsfs rw
`;
const ALICE = '4026532460@1';
const hidden = (more: string, identity = ALICE) =>
  new HiddenNamespaces(SEEN + more).coversOf('alice', identity);

it('a namespace is hidden where something is mounted on its name, or on a folder above it, and nowhere else', () => {
  expect(hidden('')).toBeUndefined();
  expect(hidden('', '4026532529@1')).toBeUndefined();
  expect(hidden('97 95 0:4 net:[4026532529] /run/netns/alice rw - nsfs nsfs rw\n')).toEqual([
    '/run/netns/alice',
  ]);
  expect(hidden('97 96 0:4 net:[4026532460] /run/netns/bob rw - nsfs nsfs rw\n')).toBeUndefined();
  expect(hidden('97 94 0:43 / /run/netns rw - tmpfs x rw\n')).toEqual(['/run/netns']);
  expect(hidden('97 93 0:43 / /run/nets rw - tmpfs x rw\n')).toBeUndefined();
});

it('all that lies on it is to be unmounted, from the top', () => {
  const on = '97 95 0:4 net:[4026532529] /run/netns/alice rw - nsfs nsfs rw\n';
  expect(hidden(`${on}99 97 0:43 /x /run/netns/alice rw - tmpfs x rw\n`)).toEqual(
    Array(2).fill('/run/netns/alice'),
  );
  expect(hidden(`${on}99 94 0:43 / /run/netns rw - tmpfs x rw\n`)).toEqual([
    '/run/netns',
    '/run/netns/alice',
  ]);
});

it('a mount that is shared counts once, be it listed beneath the folder that it is shared with, too', () => {
  const twice = '100 93 0:4 net:[4026532460] /run/netns/alice rw shared:6 - nsfs nsfs rw\n';
  expect(hidden(twice)).toBeUndefined();
  expect(hidden(`${twice}97 95 0:4 net:[4026532529] /run/netns/alice rw - nsfs nsfs rw\n`)).toEqual([
    '/run/netns/alice',
  ]);
});
