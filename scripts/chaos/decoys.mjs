import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { HERE, ip, NAMESPACES, RUNTIME } from './inventory.mjs';
import { LENT, SHARED } from './lab.mjs';

/** Where a device of the lab's may be moved to. */
export const HARBOUR = 'harbour';

const LONGEST_DEVICE = 15;

/**
 * Puts things of somebody else's beside everything that a lab will make, under names that are nearly its own.
 *
 * Namespaces, devices in them that are called as the lab's are and have its addresses and routes, devices beside the
 * lab's, routes, files in the runtime directory, processes. Gives the namespaces, and the devices that are lent.
 */
export const placeDecoys = (dice, lab) => {
  const namespaces = [];
  const add = (namespace) => {
    ip(`netns add ${namespace}`);
    namespaces.push(namespace);
  };
  add(SHARED);
  add(HARBOUR);
  ip(`tuntap add ${LENT} mode tun`, SHARED);
  ip(`addr add 10.77.0.1/32 dev ${LENT}`, SHARED);
  for (const { host } of lab.hosts.slice(0, 2)) {
    for (const similar of [`${host}x`, `x${host}`, `${lab.name}-${host}x`]) add(similar);
    writeFileSync(join(NAMESPACES, `${host}.`), 'a file\n');
  }
  for (const [at, { host, device, address }] of lab.devices.slice(0, 2).entries()) {
    const namespace = `${host}x`;
    // In a namespace of a similar name all is as in the lab's own.
    ip(`tuntap add ${device} mode tun`, namespace);
    ip(`addr add ${address} dev ${device}`, namespace);
    ip(`link set ${device} up`, namespace);
    ip(`route add default via ${address.replace(/\.\d+\/.*/, '.1')} metric ${at}`, namespace);
    for (const place of [HERE, SHARED]) {
      const similar = `x${device}`.slice(0, LONGEST_DEVICE);
      ip(`tuntap add ${similar} mode tun`, place);
      ip(`link set ${similar} up`, place);
      // Each to a place of its own, whatever the dice say.
      ip(`route add 10.${88 + at}.${dice.below(256)}.0/24 dev ${similar} metric 7`, place);
    }
  }
  const processes = namespaces
    .filter(() => dice.chance(0.3))
    .map((namespace) =>
      spawn('ip', ['netns', 'exec', namespace, 'bash', '-c', `exec -a 'tunpike up ${lab.name}' sleep 1000`], {
        stdio: 'ignore',
      }),
    );
  return { namespaces, processes, lent: new Set([`${SHARED}/${LENT}`]) };
};

/** Files that nearly are the lab's; resolves when they are there. */
export const placeFiles = async (dice, { name }, namespaces) => {
  mkdirSync(RUNTIME, { recursive: true, mode: 0o755 });
  const put = (file, text) => writeFileSync(join(RUNTIME, file), text);
  put(`${name}.state.json.old`, '{}\n');
  put(`${name}.state.json.1.x`, '{}\n');
  put(`${name}.sock.old`, '');
  put(`x${name}.state.json`, stateOf(`x${name}`, namespaces));
  put(`${name}x.state.json`, stateOf(`${name}x`, namespaces));
  mkdirSync(join(RUNTIME, `${name}.d`));
  // One of the lab's own name, from before the last boot: what it names is not the lab's.
  const stale = dice.chance(0.2) ? stateOf(name, namespaces) : undefined;
  if (stale !== undefined) put(`${name}.state.json`, stale);
  const server = createServer();
  await new Promise((resolve) => server.listen(join(RUNTIME, `x${name}.sock`), resolve));
  return { hasStale: stale !== undefined };
};

/** The state of an instance that ended with another boot, and says that it made what somebody else has. */
const stateOf = (name, namespaces) =>
  `${JSON.stringify({
    format: 1,
    name,
    pid: 1,
    startTime: 1,
    bootId: 'another-boot',
    stopped: false,
    socket: join(RUNTIME, `${name}.sock`),
    file: null,
    version: '0.1.0',
    rootless: false,
    ownNamespace: 'net:[1]',
    objects: namespaces.map((namespace) => ({
      kind: 'namespace',
      name: namespace,
      created: true,
      identity: '1@1',
    })),
  })}\n`;
