import { expect, it } from 'vitest';
import { pingWords } from '../../src/cli/ping-words.js';

it.each([
  ['ping -n 192.0.2.1', 'ping --numeric 192.0.2.1'],
  ['-n lab -j ping -c 1 -n 192.0.2.1', '-n lab -j ping -c 1 --numeric 192.0.2.1'],
  ['ping -qnc 3 192.0.2.1', 'ping -q --numeric -c 3 192.0.2.1'],
  ['ping -c 1 -nM do 192.0.2.1', 'ping -c 1 --numeric -M do 192.0.2.1'],
  ['--color never ping --name lab 192.0.2.1', '--color never ping --name lab 192.0.2.1'],
  ['show routes -n ping', 'show routes -n ping'],
  ['exec alice -- ping -n 192.0.2.1', 'exec alice -- ping -n 192.0.2.1'],
  ['-n ping show routes -n lab', '-n ping show routes -n lab'],
  ['traceroute -n -q 1 -w 2 bob', 'traceroute --numeric --queries 1 -w 2 bob'],
  ['traceroute -Inq2 bob', 'traceroute -I --numeric --queries 2 bob'],
  ['-q traceroute bob', '-q traceroute bob'],
  ['mtu -n bob', 'mtu --numeric bob'],
  ['ping', 'ping'],
  ['', ''],
])('%s is %s', (line, words) => {
  const argv = line.split(' ').filter(Boolean);
  expect(pingWords(argv).join(' ')).toBe(words);
});
