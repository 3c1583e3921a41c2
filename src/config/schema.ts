import { z } from 'zod';
import { filterSchema } from './schema-filter.js';
import { igmpSchema, multicastSchema, scopeSchema } from './schema-multicast.js';
import { choice, flag, icmpSchema, ipSchema } from './schema-settings.js';
import { rangeCodes, written } from './value.js';
import { endpoint, hostAddress, interfaceAddress, prefix } from './value-address.js';
import { device, mode, name, parseName, socketPath } from './value-name.js';
import { lasting, rate, share } from './value-quantity.js';

const mtu = z
  .int()
  .min(68)
  .max(65535)
  .meta({ description: 'the longest datagram that the link carries, in octets', default: 1500 });
rangeCodes.add(mtu, { code: 'E-MTU' });

const linkSchema = z
  .strictObject({
    mtu: mtu.optional(),
    gateway: name(
      'the router that gets the hosts’ off-link datagrams; needed with several routers',
    ).optional(),
    delay: lasting('how long a datagram is on its way', { most: '60s' }).optional(),
    jitter: lasting('by how much the delay varies', { most: '60s' }).optional(),
    loss: share('how many datagrams are lost').optional(),
    duplicate: share('how many arrive twice').optional(),
    reorder: share('how many overtake others').optional(),
    corrupt: share('how many arrive with a wrong bit').optional(),
    rate: rate('bits a second').optional(),
    queue: z.int().min(1).max(1_000_000).optional().describe('how many datagrams wait at most'),
    seed: z.int().min(0).max(0xffffffff).optional().describe('what all chance on this link follows from'),
  })
  .describe('a virtual wire: one IPv4 subnet');

const hostSchema = z
  .strictObject({
    namespace: name('the network namespace: `self` is this one; the host’s own name unless told').optional(),
    interfaces: z
      .record(
        name('a link'),
        z
          .strictObject({
            address: interfaceAddress('the host’s address and prefix length'),
            routes: z
              .array(prefix('a destination'))
              .optional()
              .meta({ description: 'what the host reaches through this link', default: [] }),
            device: device('the TUN device; `tp-HOST-LINK` unless told').optional(),
            persistent: flag('device and namespace outlive the program', false),
          })
          .describe('a TUN device on a link'),
      )
      .describe('one for each link, by the link’s name'),
  })
  .describe('a network namespace with a TUN device for every link it attaches to');

const tos = z.int().min(0).max(255);
const metric = z.int().min(0).max(0xffffffff);

const routeSchema = z
  .strictObject({
    to: prefix('the destination'),
    via: hostAddress('the next hop').optional(),
    nexthops: z
      .array(
        z.strictObject({
          via: hostAddress('the next hop'),
          weight: z
            .int()
            .min(1)
            .max(256)
            .optional()
            .meta({ description: 'its share of the flows', default: 1 }),
        }),
      )
      .min(1)
      .max(64)
      .optional()
      .describe('several next hops that share the flows'),
    type: choice(
      'blackhole is silent; unreachable answers ICMP 3/1; prohibit 3/13',
      ['unicast', 'blackhole', 'unreachable', 'prohibit'],
      'unicast',
    ),
    metric: metric.optional().meta({ description: 'the lowest wins', default: 0 }),
    tos: tos.optional().describe('only for datagrams of this type of service'),
  })
  .describe('a way to a destination: `via`, `nexthops` or a `type`');

const routerSchema = z
  .strictObject({
    interfaces: z
      .record(
        name('a link'),
        z
          .strictObject({
            address: z
              .union([
                interfaceAddress('an address and its prefix length'),
                z.array(interfaceAddress('an address and its prefix length')).min(1).max(256),
              ])
              .optional()
              .describe('one, or a list whose first is primary; without, the interface is unnumbered'),
            forwarding: flag('false: nothing in transit comes in or leaves here', true),
            ...scopeSchema,
            igmp: igmpSchema.optional(),
          })
          .describe('the router’s place on a link'),
      )
      .describe('one for each link, by the link’s name'),
    routes: z.array(routeSchema).optional().describe('besides those to its own networks'),
    icmp: icmpSchema.optional(),
    ip: ipSchema.optional(),
    multicast: multicastSchema.optional(),
    filters: z.array(filterSchema).optional().describe('rules in their order'),
  })
  .describe('a virtual router inside the process');

const routerName = written(parseName, { description: 'a router', examples: ['r1'] });

const captureSchema = z
  .strictObject({
    name: name('what the capture is called'),
    file: z.string().min(1).max(4096).describe('where to'),
    interface: z.string().min(1).max(130).optional().describe('only this one, for example `r1.red`'),
    only: z.enum(['drops', 'forwarded', 'local']).optional().describe('only these datagrams'),
    snaplen: z.int().min(20).max(65535).optional().describe('octets of each datagram'),
    match: z.string().min(1).max(1000).optional().describe('only datagrams that match'),
  })
  .describe('a pcapng file');

/** The whole configuration file: what editors complete, and what is accepted. */
export const fileSchema = z
  .strictObject({
    version: z.literal(1).describe('the version of this format'),
    name: name('the instance; the file’s name unless told').optional(),
    links: z.record(name('a link'), linkSchema).describe('the virtual wires'),
    hosts: z.record(name('a host'), hostSchema).optional().describe('where real programs run'),
    routers: z.record(routerName, routerSchema).optional().describe('the virtual routers'),
    log: z
      .strictObject({
        level: choice(
          'what is logged',
          ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
          'info',
        ),
        format: choice(
          'auto: pretty on a terminal, JSON lines otherwise',
          ['auto', 'pretty', 'json'],
          'auto',
        ),
      })
      .optional()
      .describe('logs on stderr'),
    control: z
      .strictObject({
        socket: socketPath('where the control socket is').optional(),
        mode: mode('who may use it').optional(),
      })
      .optional()
      .describe('the control socket'),
    http: z
      .strictObject({ listen: endpoint('address and port') })
      .optional()
      .describe('metrics, event stream and dashboard'),
    capture: z.array(captureSchema).optional().describe('captures that begin with the lab'),
  })
  .meta({ title: 'Tunpike lab', description: 'Hosts and routers that meet on links' });

export type FileSchema = typeof fileSchema;
