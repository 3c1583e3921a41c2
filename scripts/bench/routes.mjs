import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fullTable, fullTableText } from '../full-table.mjs';
import { heldBy } from './turns.mjs';

const SELF = fileURLToPath(import.meta.url);
const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const UPLINKS = [1, 2, 3, 4];
const nextHops = UPLINKS.map((each) => `192.0.2.${each * 4 + 2}`);

const LAB = `
version: 1
name: routes
links: { red: {}, ${UPLINKS.map((each) => `up${each}: {}`).join(', ')} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
${UPLINKS.map((each) => `  peer${each}: { interfaces: { up${each}: { address: 192.0.2.${each * 4 + 2}/30 } } }`).join('\n')}
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
${UPLINKS.map((each) => `      up${each}: { address: 192.0.2.${each * 4 + 1}/30 }`).join('\n')}
    routes: [{ file: table.txt }]
`;

/**
 * What a table of so many routes costs a router, each time in a process of its own. `dist` is a build, so that two
 * can be compared.
 */
export const benchRoutes = (count, dist = DIST) => {
  const folder = mkdtempSync(join(tmpdir(), 'tunpike-bench-'));
  try {
    writeFileSync(join(folder, 'table.txt'), fullTableText(count, nextHops));
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
    return JSON.parse(execFileSync('node', ['--expose-gc', SELF, folder, dist, String(count)], options));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Processor time in milliseconds: others may need the machine, too. */
const elapsed = (action) => {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
/** The collector gives memory back when it is asked to; a router that runs has what it needs. */
const warmHeap = () => {
  let kept = [];
  for (let made = 0; made < 3_000_000; made += 1) {
    kept.push({ made });
    if (kept.length > 10_000) kept = [];
  }
};
const megabytes = () => {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().rss / 1e6;
};

const measure = async (folder, dist, count) => {
  const load = (name) => import(pathToFileURL(join(dist, name)).href);
  const [{ readConfiguration }, { Lab }, { seededRandom }] = await Promise.all(
    ['config/read.js', 'lab/lab.js', 'random.js'].map(load),
  );
  const { START } = await load('time.js');
  const before = megabytes();
  let configuration;
  const read = elapsed(() => {
    configuration = readConfiguration(LAB, join(folder, 'lab.yaml')).configuration;
  });
  const afterRead = megabytes();
  let told = 0;
  const observer = { wants: (type) => type === 'route', notify: () => (told += 1) };
  let lab;
  const make = elapsed(() => {
    lab = new Lab(configuration, { random: seededRandom(1), now: START, observer });
  });
  const memory = megabytes() - before;
  const end = { isUp: () => true, take: () => {} };
  const peers = UPLINKS.map((each) => lab.connect(`peer${each}`, `up${each}`, end, START));
  const turns = [];
  const turn = (action) => turns.push(heldBy(action));
  const settle = () => {
    while (lab.nextDeadline() <= START) turn(() => lab.poll(START));
  };
  settle();
  const { fib } = lab.routers.get('r1').routing;
  const addresses = addressesIn(fullTable(count));
  const lookups = () => {
    let found = 0;
    const took = elapsed(() => {
      for (let at = 0; at < addresses.length; at += 1)
        if (fib.lookup(addresses[at]) !== undefined) found += 1;
    });
    return (addresses.length / took) * 1000 * (found > 0 ? 1 : Number.NaN);
  };
  const beforeLookups = megabytes();
  lookups();
  const filledIn = megabytes() - beforeLookups;
  const rates = Array.from({ length: 9 }, lookups).sort((a, b) => a - b);
  warmHeap();
  turns.length = 0;
  const flap = elapsed(() => {
    turn(() => peers[0].setUp(false, START));
    settle();
    turn(() => peers[0].setUp(true, START));
    settle();
  });
  return {
    read,
    make,
    memoryOfTable: afterRead - before,
    memory: memory + filledIn,
    lookups: rates[4],
    flap,
    told,
    longestTurn: Math.max(...turns),
  };
};

/** Addresses in prefixes of the table, in no order. */
const addressesIn = (prefixes) => {
  const addresses = new Uint32Array(2_000_000);
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let at = 0; at < addresses.length; at += 1) {
    const [network, length] = prefixes[Math.floor(random() * prefixes.length)];
    addresses[at] = network + Math.floor(random() * 2 ** (32 - length));
  }
  return addresses;
};

if (process.argv[1] === SELF) {
  const [folder, dist, count] = process.argv.slice(2);
  console.log(JSON.stringify(await measure(folder, dist, Number(count))));
}
