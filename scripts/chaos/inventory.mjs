import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const NAMESPACES = '/run/netns';
export const RUNTIME = '/run/tunpike';

/** The namespace that the program itself runs in. */
export const HERE = '';

/** `ip` with its words in one string; throws where it fails. */
export const ip = (words, namespace = HERE) =>
  execFileSync('ip', [...(namespace === HERE ? [] : ['-n', namespace]), ...words.split(' ')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/**
 * Everything on this machine that a lab could leave or touch, each by its name, with what tells it from another that
 * has its name. `lent`: devices, as `NAMESPACE/DEVICE`, that a lab may use, so that only what is on them counts.
 */
export const inventory = (lent = new Set()) => {
  const found = new Map();
  for (const namespace of [HERE, ...entriesOf(NAMESPACES)])
    for (const [key, mark] of inventoryOf(namespace, lent)) found.set(key, mark);
  for (const name of entriesOf(RUNTIME)) found.set(...fileOf(join(RUNTIME, name)));
  for (const entry of readdirSync('/proc').filter((each) => /^\d+$/.test(each)))
    processOf(Number(entry), found);
  return found;
};

/** The part of the inventory that is under one name of a namespace. */
export const inventoryOf = (namespace, lent = new Set()) => {
  const found = new Map();
  if (namespace !== HERE) {
    const path = join(NAMESPACES, namespace);
    if (!existsSync(path)) return found;
    const { dev, ino, ctimeNs } = statSync(path, { bigint: true });
    const isNamespace = dev === statSync('/proc/self/ns/net', { bigint: true }).dev;
    found.set(`${isNamespace ? 'namespace' : 'file'} ${path}`, `${dev}:${ino}:${ctimeNs}`);
    if (!isNamespace) return found;
  }
  devicesOf(namespace, lent, found);
  return found;
};

/** What is there and should not be, what is not there and should be, and what is another one; a line each. */
export const differences = (expected, found, tolerated = new Set()) => {
  const lines = [];
  for (const [key, mark] of expected) {
    const now = found.get(key);
    if (now === undefined) lines.push(`gone: ${key} (${mark})`);
    else if (now !== mark) lines.push(`touched: ${key}: ${mark} before, ${now} after`);
  }
  for (const [key, mark] of found)
    if (!expected.has(key) && !tolerated.has(key)) lines.push(`left: ${key} (${mark})`);
  return lines;
};

const entriesOf = (folder) => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const devicesOf = (namespace, lent, found) => {
  for (const { ifname, ifindex, flags, mtu, addr_info } of JSON.parse(ip('-j addr show', namespace))) {
    const inet = addr_info.filter(({ family }) => family === 'inet');
    const addresses = inet.map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort();
    const isLent = lent.has(`${namespace}/${ifname}`);
    const state = isLent ? '' : ` mtu ${mtu} ${flags.includes('UP') ? 'up' : 'down'}`;
    found.set(`device ${namespace}/${ifname}`, `${ifindex}${state} ${addresses.join(' ')}`);
  }
  for (const { dst, gateway, dev, metric } of JSON.parse(ip('-j -4 route show', namespace)))
    found.set(`route ${namespace}/${dev} ${dst} ${metric ?? 0}`, gateway ?? 'on link');
};

/** The key of a file, and what tells it from others. */
export const fileOf = (path) => {
  const stat = lstatSync(path);
  const text = stat.isFile()
    ? createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12)
    : '';
  return [`file ${path}`, `${stat.ino} ${stat.mode.toString(8)} ${stat.mtimeMs} ${text}`];
};

const processOf = (pid, found) => {
  if (pid === process.pid || pid === process.ppid) return;
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    if (fields[0] === 'Z') return;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    found.set(`process ${pid}`, `${command.slice(0, 80)} since ${fields[19]}`);
  } catch {
    // It has ended in the meantime.
  }
};
