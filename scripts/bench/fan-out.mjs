import { furnish, startTunpike } from './contenders.mjs';
import {
  ask,
  ip,
  machineTime,
  pin,
  processorTime,
  ROUTER_CPU,
  startAndWait,
  stop,
  written,
} from './processes.mjs';

const WARM_UP = 0.5;
const GROUP = '239.1.2.3';
const LENGTH = 1400;

const range = (count) => Array.from({ length: count }, (_, at) => at);

/** A sender and so many receivers, each in a namespace and on a link of its own. */
const placesFor = (receivers, id) => ({
  id,
  sender: { namespace: `${id}s`, device: `${id}-s`, network: '198.51.100' },
  receivers: range(receivers).map((at) => ({
    namespace: `${id}r${at}`,
    device: `${id}-${at}`,
    network: `203.0.${100 + at}`,
  })),
});

const labText = ({ id, sender, receivers }) => {
  const all = [sender, ...receivers];
  const lines = (each) => all.map(each).join('\n');
  return `version: 1
name: ${id}
links: { ${all.map((_, at) => `l${at}: {}`).join(', ')} }
hosts:
${lines(({ namespace, device, network }, at) => `  ${namespace}: { interfaces: { l${at}: { address: ${network}.10/24, routes: [default], device: ${device} } } }`)}
routers:
  r1:
    interfaces:
${lines(({ network }, at) => `      l${at}: { address: ${network}.1/24${at === 0 ? '' : `, igmp: { static-groups: [{ group: ${GROUP} }] }`} }`)}
`;
};

const tunpike = (offload) => async (folder, _peer, places) => {
  const child = await startTunpike(folder, places.id, labText(places), offload);
  return { pid: child.pid, close: () => stop(child) };
};

const cLoop = (command) => async (_, peer, places) => {
  const all = [places.sender, ...places.receivers];
  const child = await startAndWait(peer, [command, ...all.map(({ device }) => device)]);
  pin(child.pid, ROUTER_CPU);
  for (const { namespace, device, network } of all)
    furnish(namespace, device, { address: `${network}.10/24`, gateway: `${network}.1` });
  const close = async () => {
    await stop(child);
    for (const { namespace } of all) ip('netns', 'del', namespace);
  };
  return { pid: child.pid, close };
};

const CONTENDERS = {
  'C loop': cLoop('fan'),
  'C loop, offload': cLoop('virtio-fan'),
  'tunpike, no offload': tunpike('off'),
  'tunpike, offload': tunpike('all'),
};

/** Lends all who send a group on to so many receivers, all up at once. */
export const withFans = async (receivers, folder, peer, body) => {
  const labs = [];
  try {
    for (const [name, start] of Object.entries(CONTENDERS)) {
      const places = placesFor(receivers, `tf${process.pid % 100_000}n${labs.length}`);
      labs.push({ name, places, ...(await start(folder, peer, places)) });
    }
    return await body(labs);
  } finally {
    for (const lab of labs) await lab.close();
  }
};

/** Datagrams of 1400 octets that each receiver of a group gets a second, and what one for one of them costs. */
export const measureFan = ({ places, pid }, peer, seconds) => {
  const { sender, receivers } = places;
  const blast = (time) => ask(sender.namespace, [peer, 'blast', GROUP, time, 1, LENGTH, 0]);
  const count = () =>
    receivers.reduce((sum, { namespace, device }) => sum + written(namespace, device, LENGTH), 0);
  blast(WARM_UP);
  const before = count();
  const [own, all] = [processorTime(pid), machineTime()];
  const { sent, seconds: elapsed } = blast(seconds);
  const datagrams = count() - before;
  return {
    rate: datagrams / receivers.length / elapsed,
    cost: (processorTime(pid) - own) / datagrams,
    machine: (machineTime() - all) / datagrams,
    lost: 1 - datagrams / receivers.length / sent,
  };
};
