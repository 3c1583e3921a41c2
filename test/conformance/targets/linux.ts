import { formatAddress } from '../../../src/address.js';
import { DEFAULT_SETTINGS, type RouterSettings } from '../../../src/settings.js';
import { type Case, waitOf } from '../case.js';
import { settingsOf } from '../settings-change.js';
import { NotApplicable, type Target, type TargetKind } from '../target.js';
import {
  addressesOf,
  HOST,
  mtuOf,
  OTHER_HOST,
  PORTS,
  portOf,
  type RouteWords,
  routesOf,
  type TopologyChange,
} from '../topology.js';
import { Agent, monotonic } from './agent.js';

/** Longer than this no case waits on Linux, in seconds. */
const LONGEST_WAIT = 70;
/** Others run at the same time; in seconds. */
const TOLERANCE = 0.25;
const NO_QUERIER = 'the kernel alone is no querier';

/** Linux as the router: a namespace and four TUN devices for each case, its settings the nearest to the case's. */
export const linux = (program: string): TargetKind => ({
  name: 'linux',
  prepare: async (each) => {
    if (each.igmpOn !== undefined) throw new NotApplicable(NO_QUERIER);
    const sysctl = sysctlsOf(each);
    const waits = waitOf(each) / 1000;
    if (waits > LONGEST_WAIT) throw new NotApplicable(`it would wait ${Math.round(waits)} s`);
    const agent = await Agent.start(program, 'router', ...PORTS.map(deviceOf));
    try {
      await agent.tell({ early: EARLY, run: commandsOf(each), sysctl });
      await agent.take(0, 0.002);
    } catch (error) {
      await agent.stop();
      throw error;
    }
    return targetOf(agent);
  },
});

const deviceOf = (port: number): string => `r${port}`;

const targetOf = (agent: Agent): Target => {
  const begun = monotonic();
  const ip = async (command: string): Promise<void> => {
    await agent.tell({ run: [command] });
  };
  return {
    tolerance: TOLERANCE,
    dut: undefined,
    send: async (on, octets) => {
      await agent.send(on, octets);
    },
    wait: (time) => new Promise((resolve) => setTimeout(resolve, time)),
    // The kernel routes while it is written to: what comes out is there at once.
    take: async (atLeast) => {
      const outputs = await agent.take(atLeast, 0.004, 0.1);
      return outputs.map((output) => ({ ...output, at: output.at - begun }));
    },
    elapsed: () => monotonic() - begun,
    setUp: (port, isUp) => ip(`link set ${deviceOf(port)} ${isUp ? 'up' : 'down'}`),
    remove: (port) => ip(`link del ${deviceOf(port)}`),
    setMtu: (port, mtu) => ip(`link set ${deviceOf(port)} mtu ${mtu}`),
    drops: () => undefined,
    groupsFault: () => Promise.reject(new NotApplicable(NO_QUERIER)),
    querierOf: () => Promise.reject(new NotApplicable(NO_QUERIER)),
    bookFault: () => undefined,
    close: () => agent.stop(),
  };
};

/** Set before there are addresses, for they decide what is taken. */
const EARLY = { 'net/ipv4/ip_forward': '1' };

const commandsOf = (each: Case): string[] => {
  const { topology } = each;
  const { loopback } = settingsOf(each.settings).ip;
  const commands = ['link set lo up'];
  if (loopback !== undefined) commands.push(`addr add ${formatAddress(loopback)}/32 dev lo`);
  for (const port of PORTS) {
    const device = deviceOf(port);
    commands.push(`link set ${device} mtu ${mtuOf(topology, port)} up`);
    const addresses = addressesOf(topology, port);
    for (const address of addresses) {
      // Linux makes the broadcast address of a prefix only where it is told to.
      const length = Number(address.split('/')[1]);
      commands.push(`addr add ${address}${length < 31 ? ' brd +' : ''} dev ${device}`);
    }
    if (addresses.length === 0)
      for (const neighbor of [HOST[port], OTHER_HOST[port], `10.0.${port + 1}.200`])
        commands.push(`route add ${neighbor}/32 dev ${device}`);
  }
  for (const route of routesOf(topology)) commands.push(routeCommand(route, topology));
  return commands;
};

const routeCommand = (route: RouteWords, topology: TopologyChange | undefined): string => {
  const { to, via = [], weights, type, tos, metric, on } = route;
  const rest = `${tos === undefined ? '' : ` tos 0x${tos.toString(16)}`}${metric === undefined ? '' : ` metric ${metric}`}`;
  if (type !== undefined) return `route add ${type} ${to}${rest}`;
  const hop = (gateway: string): string => {
    const port = on ?? portOf(gateway);
    // Without an address there is no subnet that the gateway could be found in.
    const onlink = addressesOf(topology, port).length === 0 ? ' onlink' : '';
    return `via ${gateway} dev ${deviceOf(port)}${onlink}`;
  };
  if (via.length === 1) return `route add ${to}${rest} ${hop(via[0]!)}`;
  const hops = via.map((gateway, at) => `nexthop ${hop(gateway)} weight ${weights?.[at] ?? 1}`);
  return `route add ${to}${rest} ${hops.join(' ')}`;
};

/** The kernel's settings that come nearest to those of a case. */
const sysctlsOf = (each: Case): Record<string, string> => {
  const settings = settingsOf(each.settings);
  refuseUnknown(settings);
  const { icmp, ip } = settings;
  const isUnlimited = icmp.rateLimit.perSecond >= 1e6;
  const takesSourceRoutes =
    ip.options.looseSourceRoute === 'process' || ip.options.strictSourceRoute === 'process';
  const every = {
    rp_filter: { off: '0', strict: '1', loose: '2' }[ip.reversePath],
    accept_source_route: flag(takesSourceRoutes),
    send_redirects: flag(icmp.redirects),
    bc_forwarding: flag(ip.directedBroadcast),
    secure_redirects: '1',
    accept_redirects: '0',
    log_martians: '0',
  };
  const sysctls: Record<string, string> = {
    'net/ipv4/icmp_ratelimit': isUnlimited ? '0' : String(1000 / icmp.rateLimit.perDestination.perSecond),
    'net/ipv4/icmp_msgs_per_sec': isUnlimited ? '1000000' : String(icmp.rateLimit.perSecond),
    'net/ipv4/icmp_msgs_burst': isUnlimited ? '1000000' : String(icmp.rateLimit.burst),
    'net/ipv4/icmp_echo_ignore_all': flag(!icmp.echoReply),
    'net/ipv4/icmp_echo_ignore_broadcasts': flag(!icmp.echoBroadcast),
    'net/ipv4/icmp_echo_enable_probe': flag(icmp.probe),
    'net/ipv4/icmp_errors_use_inbound_ifaddr': flag(icmp.source === 'ingress'),
    'net/ipv4/fib_multipath_hash_policy': flag(ip.ecmpHash === 'l4'),
  };
  for (const scope of ['all', 'default', ...PORTS.map(deviceOf)])
    for (const [name, value] of Object.entries(every)) sysctls[`net/ipv4/conf/${scope}/${name}`] = value;
  for (const port of each.topology?.forwardingOff ?? [])
    sysctls[`net/ipv4/conf/${deviceOf(port)}/forwarding`] = '0';
  return sysctls;
};

const flag = (isOn: boolean): string => (isOn ? '1' : '0');

/** Switches that Linux does not have; what it always does is measured whatever the case says. */
const refuseUnknown = ({ icmp, ip }: RouterSettings): void => {
  const usual = DEFAULT_SETTINGS;
  const unknown = [
    ['icmp.unreachables', icmp.unreachables === usual.icmp.unreachables],
    ['icmp.time-exceeded', icmp.timeExceeded === usual.icmp.timeExceeded],
    ['icmp.parameter-problems', icmp.parameterProblems === usual.icmp.parameterProblems],
    ['icmp.frag-needed', icmp.fragNeeded === usual.icmp.fragNeeded],
    ['icmp.address-mask-reply', icmp.addressMaskReply === usual.icmp.addressMaskReply],
    ['icmp.router-discovery', icmp.routerDiscovery === usual.icmp.routerDiscovery],
    ['icmp.extensions', icmp.extensions.length === 0],
    ['icmp.source: loopback', icmp.source !== 'loopback'],
    ['ip.options.record-route', ip.options.recordRoute === usual.ip.options.recordRoute],
    ['ip.options.timestamp', ip.options.timestamp === usual.ip.options.timestamp],
    ['ip.options.router-alert', ip.options.routerAlert === usual.ip.options.routerAlert],
    ['ip.options.other', ip.options.other === usual.ip.options.other],
    ['ip.link-local', ip.linkLocal === usual.ip.linkLocal],
  ] as const;
  const missing = unknown.filter(([, isUsual]) => !isUsual).map(([name]) => name);
  if (missing.length > 0) throw new NotApplicable(`Linux has no switch for ${missing.join(', ')}`);
};
