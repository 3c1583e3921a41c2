import { spawn } from 'node:child_process';
import { connect } from 'node:net';

/** Three routers in a chain, with alice at one end and bob at the other. */
export const TEXT = `
version: 1
name: soak
links: { red: {}, west: {}, east: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default], device: sk-red } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default], device: sk-blue } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, west: { address: 10.0.1.1/24 } }
    routes: [{ to: default, via: 10.0.1.2 }]
  r2:
    interfaces: { west: { address: 10.0.1.2/24 }, east: { address: 10.0.2.2/24 } }
    routes: [{ to: 198.51.100.0/24, via: 10.0.1.1 }, { to: 203.0.113.0/24, via: 10.0.2.3 }]
  r3:
    interfaces: { east: { address: 10.0.2.3/24 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: default, via: 10.0.2.2 }]
`;

/** Drops, into files that are soon full. */
const CAPTURE = 'capture: [{ name: drops, file: drops.pcapng, only: drops, rotate: 1MB, keep: 2 }]\n';

/** The same lab with something else beside what the load is about, another thing each time. */
export const variant = (count) => {
  const host = count % 2 === 0 ? 'carol' : 'dave';
  const address = `10.0.3.${10 + (count % 5)}/24`;
  return TEXT.replace('blue: {} }', `blue: {}, green: { mtu: ${[1500, 1400, 1300][count % 3]} } }`)
    .replace('\nrouters:', `\n  ${host}: { interfaces: { green: { address: ${address} } } }\nrouters:`)
    .replace('10.0.2.2/24 } }', '10.0.2.2/24 }, green: { address: 10.0.3.1/24, igmp: {} } }')
    .concat(count % 3 === 0 ? '' : CAPTURE)
    .replace(
      'routes: [{ to: default, via: 10.0.2.2',
      `routes: [{ to: 10.${count % 7}.0.0/16, type: blackhole }, { to: default, via: 10.0.2.2`,
    );
};

/** More than an interface may have. */
const GROUPS = 20_000;

/** What loads the lab for so many seconds, as commands in the namespaces of its hosts. */
export const loads = ({ peer, storm, seconds, seed }) => [
  ['bob', peer, 'sink', seconds, 1],
  ['bob', peer, 'drain'],
  ['alice', peer, 'blast', '203.0.113.10', seconds, 1, 128, 0],
  ['alice', peer, 'stream', '203.0.113.10', seconds],
  ['alice', peer, 'stream', '203.0.113.10', seconds],
  ['alice', storm, 'sk-red', seconds, 3000, seed, '198.51.100.10', '203.0.113.10', '10.0.1.2'],
  ['bob', storm, 'sk-blue', seconds, 3000, seed + 1, '203.0.113.10', '198.51.100.10', '10.0.2.3'],
  ['bob', peer, 'report', 'sk-blue', seconds * 1000, 1000, GROUPS, 3],
  ['alice', peer, 'report', 'sk-red', seconds * 300, 300, GROUPS, 0],
];

export const startLoad = ([host, ...words]) =>
  spawn('ip', ['netns', 'exec', host, ...words.map(String)], { stdio: 'ignore' });

/** One answer of the control socket. */
export const ask = async (path, method, params) => {
  const socket = connect(path).setEncoding('utf8');
  socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
  let said = '';
  for await (const text of socket) {
    said += text;
    if (said.endsWith('\n')) break;
  }
  const { result, error } = JSON.parse(said);
  if (error !== undefined) throw new Error(error.message);
  return result;
};

/**
 * Somebody who follows all events, or captures all frames, and reads 64 KiB of them a second at most, for some
 * seconds, and then another one in his place; the last one of each hangs up in the middle. Gives what ends that.
 */
export const readSlowly = (path, seconds, method = 'monitor') => {
  let socket;
  const follow = () => {
    socket?.destroy();
    socket = connect(path);
    socket.on('error', () => {});
    socket.write(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":{}}\n`);
    socket.pause();
  };
  follow();
  const reading = setInterval(() => socket.read(65_536), 1000);
  const anew = setInterval(follow, seconds * 1000);
  return () => {
    clearInterval(reading);
    clearInterval(anew);
    socket.destroy();
  };
};
