// Calls every function of an addon with arbitrary arguments, and does nothing else: what goes wrong is for the
// sanitizers to say. Run by scripts/test-native.mjs, in namespaces of its own.
//
//   node scripts/fuzz-native.mjs ADDON ROUNDS SEED
import { closeSync, constants, openSync } from 'node:fs';

const [file = '', rounds = '0', seed = '0'] = process.argv.slice(2);
const loaded = { exports: {} };
process.dlopen(loaded, file);
const addon = loaded.exports;

/** Mulberry32. */
let state = Number(seed) >>> 0;
const chance = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = (limit) => Math.floor(chance() * limit);
const pick = (list) => list[below(list.length)];

const handles = [];
/** Which function made each of them. */
const makers = new WeakMap();
/** A handle; half of the times one of the kind that a function is for. */
const handleBy = (maker) =>
  pick([pick(handles), pick(handles.filter((handle) => makers.get(handle) === maker))]);
const shared = new ArrayBuffer(4096);
const here = openSync('/proc/self/ns/net');

const view = (Type, buffer = pick([shared, new ArrayBuffer(pick([0, 4, 64, 1024, 70_000]))])) => {
  const size = Type.BYTES_PER_ELEMENT;
  const room = Math.floor(buffer.byteLength / size);
  const start = below(room + 1);
  const made = new Type(buffer, start * size, below(room - start + 1));
  for (let i = 0; i < made.length && i < 600; i++) made[i] = below(pick([2, 64, 256, 4_294_967_296]));
  return made;
};
const text = () =>
  pick([
    '',
    'lo',
    'tp0',
    'tp%d',
    '..',
    'a/b',
    '/proc/self/ns/net',
    '/proc/self/ns/mnt',
    'x\0y',
    'é'.repeat(below(400)),
  ]);
const number = () =>
  pick([
    0,
    1,
    -1,
    2,
    below(70_000),
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    -(2 ** 31),
    1.5,
    Number.NaN,
    Infinity,
    here,
  ]);

/** Descriptors of one round, closed after it. */
const opened = [];
const O_TMPFILE = 0o20200000;
const placeholder = () => {
  opened.push(openSync('/run/netns', O_TMPFILE | constants.O_RDWR));
  return opened.at(-1);
};
const message = () => {
  const octets = new Uint8Array(16 + 4 * below(64));
  for (let i = 16; i < octets.length; i++) octets[i] = chance() < 0.5 ? below(8) : below(256);
  const header = new DataView(octets.buffer);
  header.setUint32(0, pick([octets.length, octets.length, octets.length, below(2000)]), true);
  header.setUint16(4, pick([16, 17, 18, 20, 21, 22, 24, 25, 26, below(120)]), true);
  header.setUint16(6, pick([1, 0x301, 0x601, below(65_536)]), true);
  return octets;
};

const ANY = [
  () => undefined,
  () => null,
  () => chance() < 0.5,
  number,
  text,
  () => view(Uint8Array),
  () => view(Uint32Array),
  () => view(Int32Array),
  () => view(Float64Array),
  () => new Uint32Array(shared),
  () => new Int32Array(shared),
  () => () => {},
  () => ({ length: 3 }),
  () => [text(), text()],
  () => 10n,
  () => Symbol('s'),
  () => pick(handles),
];

/** How often a timer called back, and what it called did something. */
let rung = 0;

/** One function that makes each argument, so that calls often get past the first check. */
const LIKELY = {
  open: [() => pick([undefined, undefined, text()]), text, () => pick([0, 0x4000, number()]), () => false],
  adopt: [number],
  openLinkSocket: [() => pick([undefined, '/proc/self/ns/net', text()])],
  openRouteSocket: [() => pick([undefined, '/proc/self/ns/net', text()])],
  ask: [() => pick(handles), () => pick([message(), view(Uint8Array)]), () => view(Uint8Array)],
  setOffload: [() => handleBy('open'), () => pick([0, 1, 0x7, 0x67, number()])],
  setPersistent: [() => handleBy('open'), () => false],
  listen: [
    ...[() => pick(handles), () => new Uint8Array(131_072), number, number],
    ...[() => view(Uint32Array), () => view(Uint32Array), () => () => {}],
  ],
  resume: [() => pick(handles), () => chance() < 0.5],
  pause: [() => pick(handles)],
  gather: [() => handleBy('open'), () => pick([0, 64, 65_536, 65_600, number()])],
  write: [
    ...[() => pick(handles), () => view(Uint8Array), () => view(Uint32Array), () => view(Uint32Array)],
    ...[() => pick([below(8), below(600), number()]), () => view(Int32Array)],
    () => pick([undefined, view(Uint32Array), new Uint32Array(600).fill(pick([1, 2, 64, 2000]))]),
  ],
  hasRing: [],
  isWritable: [() => pick(handles)],
  setReferenced: [() => pick(handles), () => chance() < 0.5],
  close: [() => pick(handles)],
  openTimer: [
    () => () => {
      rung++;
      if (chance() < 0.1) addon.close(pick(handles));
    },
  ],
  setTimer: [
    () => handleBy('openTimer'),
    () => pick([0, 1, 0.25, Number(process.hrtime.bigint()) + below(2_000_000), number()]),
  ],
  waitUntil: [() => pick([0, Number(process.hrtime.bigint()) + below(2_000_000), number()])],
  setPolling: [() => pick([0, 1, 2, number()])],
  learnWindow: [() => view(Float64Array), number, number, number],
  holdClosing: [],
  closeHeld: [],
  exchange: [() => pick([-1, here, number()]), () => pick([message(), message(), view(Uint8Array)])],
  makeNamespaces: [() => pick([0, 1, 3, number()])],
  prepareFolder: [],
  attach: [() => pick([here, number()]), () => pick([placeholder, number])(), () => `n${below(50)}`],
  detach: [() => pick([`n${below(50)}`, text()])],
  setting: [
    () => pick([-1, here, number()]),
    () => pick(['ipv4/conf/lo/rp_filter', 'ipv6/conf/lo/disable_ipv6', '../vm/x', text()]),
    () => pick([undefined, '1', '0', text()]),
  ],
  notify: [() => pick(['/run/netns/none', '@none', text()]), () => view(Uint8Array)],
};

/** Called in the end only: it ends what the others need. */
const LAST = 'lowerPrivileges';
const names = Object.keys(addon).filter((name) => name !== LAST);
for (const name of names) if (LIKELY[name] === undefined) throw new Error(`nothing is known of ${name}`);
/** How often each function returned, as against threw: a function that never returns was not tried at all. */
const returned = Object.fromEntries(names.map((name) => [name, 0]));

for (let round = 0; round < Number(rounds); round++) {
  const name = pick(names);
  const wanted = LIKELY[name];
  const given = Math.max(0, wanted.length + pick([0, 0, 0, 0, 0, 1, -1]));
  const values = Array.from({ length: given }, (_, i) =>
    chance() < 0.85 && wanted[i] !== undefined ? wanted[i]() : pick(ANY)(),
  );
  try {
    const result = addon[name](...values);
    returned[name]++;
    if (name === 'makeNamespaces') opened.push(...result);
    const handle = name === 'open' || name === 'adopt' ? result?.descriptor : result;
    if (result instanceof Promise) continue;
    if (typeof handle === 'object' && !ArrayBuffer.isView(handle) && !Array.isArray(handle)) {
      makers.set(handle, name);
      handles.push(handle);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  while (opened.length > 0) closeSync(opened.pop());
  if (handles.length > 20) {
    const [oldest] = handles.splice(below(handles.length), 1);
    if (chance() < 0.9) addon.close(oldest);
  }
  if (round % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
}
for (const handle of handles) addon.close(handle);
await addon.closeHeld();
closeSync(here);
console.log(JSON.stringify({ ...returned, rung }));
if (Number(rounds) > 1000 && rung === 0) throw new Error('no timer ever rang');
for (let round = 0; round < 100; round++) {
  try {
    addon[LAST](pick([number, pick(ANY)])());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
if (addon[LAST](0) !== 0) throw new Error('a thread kept its privileges');
// No descriptor that adopt would take is given to it: whoever adopts one owns it.
const untried = names.filter((name) => returned[name] === 0 && name !== 'adopt');
if (untried.length > 0) throw new Error(`never returned: ${untried.join(', ')}`);
// Some handles were lost on the way: what they hold ends with the process, which timers that are set would keep alive.
process.exit(0);
