import { z } from 'zod';
import { DEFAULT_SETTINGS, type OptionPolicy, type Rate } from '../settings.js';
import { loopback } from './value-address.js';

const { icmp: ICMP, ip: IP } = DEFAULT_SETTINGS;

/** A switch with its default. */
export const flag = (description: string, preset: boolean) =>
  z.boolean().optional().meta({ description, default: preset });

/** One word of a list, with its default. */
export const choice = <const Words extends readonly [string, ...string[]]>(
  description: string,
  words: Words,
  preset: Words[number],
) => z.enum(words).optional().meta({ description, default: preset });

const perSecond = (preset: number) =>
  z.number().min(0.001).max(1_000_000).optional().meta({ description: 'messages a second', default: preset });
const burst = (preset: number) =>
  z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: 'messages that may leave at once', default: preset });
const rateShape = (preset: Rate) => ({
  'per-second': perSecond(preset.perSecond),
  burst: burst(preset.burst),
});

export const icmpSchema = z
  .strictObject({
    'echo-reply': flag('answers echo requests', ICMP.echoReply),
    'echo-broadcast': flag('answers echo requests to a broadcast or a group, too', ICMP.echoBroadcast),
    unreachables: flag('says destination unreachable (type 3)', ICMP.unreachables),
    'time-exceeded': flag('says time exceeded (type 11)', ICMP.timeExceeded),
    'parameter-problems': flag('says parameter problem (type 12)', ICMP.parameterProblems),
    redirects: flag('says redirect (type 5)', ICMP.redirects),
    'frag-needed': flag(
      'says fragmentation needed (type 3, code 4); false makes an MTU black hole',
      ICMP.fragNeeded,
    ),
    'timestamp-reply': flag('answers timestamp requests', ICMP.timestampReply),
    'address-mask-reply': flag('answers address mask requests', ICMP.addressMaskReply),
    'router-discovery': flag('advertises itself as a router (RFC 1256)', ICMP.routerDiscovery),
    probe: flag('answers extended echo requests (RFC 8335)', ICMP.probe),
    extensions: z
      .array(z.enum(['incoming', 'outgoing', 'next-hop']))
      .optional()
      .meta({ description: 'objects that errors carry (RFC 4884, RFC 5837)', default: [] }),
    'extension-fields': z
      .array(z.enum(['index', 'address', 'name', 'mtu']))
      .optional()
      .meta({ description: 'what those objects say', default: ICMP.extensionFields }),
    'redirects-by-tos': flag(
      'redirects by type of service (code 3) where the route is by it, else for the host (code 1)',
      ICMP.redirectsByTos,
    ),
    source: choice('whose address an error carries', ['egress', 'ingress', 'loopback'], ICMP.source),
    'rate-limit': z
      .strictObject({
        ...rateShape(ICMP.rateLimit),
        'per-destination': z
          .strictObject(rateShape(ICMP.rateLimit.perDestination))
          .optional()
          .describe('for each destination by itself'),
      })
      .optional()
      .describe('how many errors may leave'),
  })
  .describe('what the router says by ICMP');

const policy = (description: string, preset: OptionPolicy) =>
  choice(description, ['process', 'pass', 'drop'], preset);

export const ipSchema = z
  .strictObject({
    options: z
      .strictObject({
        'record-route': policy('record route', IP.options.recordRoute),
        timestamp: policy('internet timestamp', IP.options.timestamp),
        'router-alert': policy('router alert', IP.options.routerAlert),
        'loose-source-route': policy('loose source and record route', IP.options.looseSourceRoute),
        'strict-source-route': policy('strict source and record route', IP.options.strictSourceRoute),
        other: policy('all other options', IP.options.other),
      })
      .optional()
      .describe('what to do with each IP option of a datagram in transit (RFC 7126)'),
    'directed-broadcast': flag('forwards broadcasts to its networks', IP.directedBroadcast),
    'class-e': flag('240.0.0.0/4 is ordinary unicast', IP.classE),
    'link-local': flag('forwards 169.254.0.0/16', IP.linkLocal),
    'reverse-path': choice(
      'whether there must be a route back to the source (RFC 3704)',
      ['strict', 'loose', 'off'],
      IP.reversePath,
    ),
    'ecmp-hash': choice('what tells flows apart on several next hops', ['l3', 'l4'], IP.ecmpHash),
    loopback: loopback('an own address that belongs to no interface').optional(),
  })
  .describe('how the router treats datagrams');
