import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chainText, endsOf } from './chain-text.mjs';
import { ip, pin, ROUTER_CPU, startAndWait, stop } from './processes.mjs';

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;
const ALICE = { address: '198.51.100.10/24', gateway: '198.51.100.1' };
const BOB = { address: '203.0.113.10/24', gateway: '203.0.113.1' };

/** Where bob can be reached from alice, whoever forwards. */
export const ADDRESS_OF_BOB = '203.0.113.10';
export const ADDRESS_OF_ALICE = '198.51.100.10';

/**
 * Starts the program on a file. What it is asked for is told in full, so that what somebody has set in the environment
 * changes nothing.
 */
export const startTunpike = async (folder, name, text, offload) => {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  const env = { ...process.env, TUNPIKE_OFFLOAD: offload };
  const child = await startAndWait(process.execPath, [MAIN, '-q', 'up', file], env);
  pin(child.pid, ROUTER_CPU);
  return child;
};

const namesOf = (name) => ({
  alice: `${name}a`,
  bob: `${name}b`,
  devices: { alice: `${name}-r`, bob: `${name}-b` },
});

/** A namespace with one device that is there already, and a default route by it. */
export const furnish = (namespace, device, { address, gateway }) => {
  ip('netns', 'add', namespace);
  ip('link', 'set', device, 'netns', namespace);
  ip('-n', namespace, 'addr', 'add', address, 'dev', device);
  ip('-n', namespace, 'link', 'set', device, 'up');
  ip('-n', namespace, 'route', 'add', 'default', 'via', gateway);
};

const removeAll = (namespaces) => {
  for (const namespace of namespaces) ip('netns', 'del', namespace);
};

const tunpike = (offload) => async (folder, _, name, routers) => {
  const { alice, bob, devices } = namesOf(name);
  const child = await startTunpike(folder, name, chainText(alice, bob, name, routers), offload);
  return { alice, bob, device: devices.alice, pid: child.pid, close: () => stop(child) };
};

const relay = (command) => async (_, peer, name) => {
  const { alice, bob, devices } = namesOf(name);
  const child = await startAndWait(peer, [command, devices.alice, devices.bob]);
  pin(child.pid, ROUTER_CPU);
  furnish(alice, devices.alice, ALICE);
  furnish(bob, devices.bob, BOB);
  const close = async () => {
    await stop(child);
    removeAll([alice, bob]);
  };
  return { alice, bob, device: devices.alice, pid: child.pid, close };
};

/** Linux as the router: a namespace each, between pairs of veth. */
const kernel = async (_folder, _peer, name, routers) => {
  const { alice, bob } = namesOf(name);
  const inner = Array.from({ length: routers }, (_, at) => `${name}k${at}`);
  const all = [alice, ...inner, bob];
  for (const namespace of all) ip('netns', 'add', namespace);
  for (let at = 0; at <= routers; at++) {
    const [left, right] = [all[at], all[at + 1]];
    const [one, other] = endsOf(at, routers);
    ip('-n', left, 'link', 'add', 'right', 'type', 'veth', 'peer', 'name', 'left', 'netns', right);
    for (const [namespace, device, address] of [
      [left, 'right', one],
      [right, 'left', other],
    ]) {
      ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', device);
      ip('-n', namespace, 'link', 'set', device, 'up');
    }
  }
  for (const [at, namespace] of inner.entries()) {
    execFileSync('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
    if (at < routers - 1)
      ip('-n', namespace, 'route', 'add', '203.0.113.0/24', 'via', endsOf(at + 1, routers)[1]);
    if (at > 0) ip('-n', namespace, 'route', 'add', '198.51.100.0/24', 'via', endsOf(at, routers)[0]);
  }
  ip('-n', alice, 'route', 'add', 'default', 'via', ALICE.gateway);
  ip('-n', bob, 'route', 'add', 'default', 'via', BOB.gateway);
  const [{ address: station }] = JSON.parse(ip('-j', '-n', inner[0], 'link', 'show', 'dev', 'left'));
  return { alice, bob, device: 'right', station, pid: undefined, close: async () => removeAll(all) };
};

/** Who forwards between alice and bob, the floor first. */
const CONTENDERS = {
  'C relay': relay('relay'),
  'C relay, offload': relay('virtio-relay'),
  kernel,
  'tunpike, no offload': tunpike('off'),
  'tunpike, offload': tunpike('all'),
};

/** Their names, in that order. */
export const CONTENDER_NAMES = Object.keys(CONTENDERS);

let serial = 0;

/**
 * Lends contenders that are all up, each in namespaces of its own; they are taken down whatever happens. In a chain of
 * so many routers, where there are more than one.
 */
export const withContenders = async (names, folder, peer, body, routers = 1) => {
  const labs = [];
  try {
    for (const name of names) {
      const id = `tb${process.pid % 100_000}n${serial++}`;
      labs.push({ name, ...(await CONTENDERS[name](folder, peer, id, routers)) });
    }
    return await body(labs);
  } finally {
    for (const lab of labs) await lab.close();
  }
};
