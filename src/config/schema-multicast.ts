import { z } from 'zod';
import { QUERIER_MODES } from '../igmp/querier-table.js';
import { choice, flag } from './schema-settings.js';
import { boundary, group, groupPrefix, hostAddress, prefix } from './value-address.js';
import { name } from './value-name.js';
import { lasting } from './value-quantity.js';

const memberships = (description: string) =>
  z
    .array(
      z.strictObject({
        group: group('the group'),
        source: hostAddress('only from this source').optional(),
      }),
    )
    .optional()
    .describe(description);

const patterns = (description: string) =>
  z
    .array(
      z.strictObject({
        group: groupPrefix('the groups'),
        source: prefix('only these sources, and only where a host names them').optional(),
      }),
    )
    .min(1)
    .max(256)
    .optional()
    .describe(description);

const INTERVAL = { least: '100ms', most: '31744s', usual: 's' };
const CODED = { least: '100ms', most: '3174.4s', usual: 's' };

const count = (description: string) => z.int().min(1).max(255).optional().describe(description);

export const igmpSchema = z
  .strictObject({
    version: z
      .literal([1, 2, 3])
      .optional()
      .meta({ description: 'the version that the querier speaks', default: 3 }),
    querier: choice(
      'always: goes on although another router has a lower address; never: asks nothing, only listens',
      QUERIER_MODES,
      'elect',
    ),
    'ignore-versions': z
      .array(z.literal([1, 2]))
      .optional()
      .meta({
        description: 'older versions whose reports, leaves and queries are ignored (RFC 9776 §9.2)',
        default: [],
      }),
    'query-interval': lasting('between general queries', INTERVAL, '125s').optional(),
    'query-response-interval': lasting(
      'how long hosts may take to answer a general query',
      CODED,
      '10s',
    ).optional(),
    'last-member-query-interval': lasting(
      'how long hosts may take to answer after a leave',
      CODED,
      '1s',
    ).optional(),
    'last-member-query-count': count('queries after a leave; robustness unless told'),
    'startup-query-interval': lasting(
      'between the first general queries; a quarter of query-interval unless told',
      INTERVAL,
    ).optional(),
    'startup-query-count': count('how many of them; robustness unless told'),
    robustness: z
      .int()
      .min(1)
      .max(7)
      .optional()
      .meta({ description: 'how many messages in a row may be lost, and one', default: 2 }),
    'fast-leave': choice(
      'leaves count at once, without asking who is left: always, or only where every host that reported the group has left it (tracked)',
      ['never', 'always', 'tracked'],
      'never',
    ),
    'router-alert': flag(
      'sends the router alert option; without it, other routers may ignore the queries',
      true,
    ),
    'require-router-alert': flag('ignores messages without the router alert option', false),
    'router-discovery': flag('advertises itself to snooping switches every 20 s (RFC 4286)', false),
    'max-groups': z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({ description: 'groups on this interface', default: 4096 }),
    'max-sources': z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .meta({ description: 'sources of one group', default: 512 }),
    'accept-groups': patterns(
      'what hosts may ask for; all unless told. Membership of any source needs an entry without `source`',
    ),
    'deny-groups': patterns(
      'what hosts may not ask for; wins over accept-groups. An entry with `source` denies it by name, but not as one of any source',
    ),
    'static-groups': memberships('forwarded here whether or not anybody asks'),
    'join-groups': memberships(
      'joined by the router itself, as a host of the link: other routers hear of it',
    ),
  })
  .describe('IGMP on this interface; without it, none');

/** What multicast may cross an interface, whether or not it runs IGMP. */
export const scopeSchema = {
  'multicast-boundary': z
    .array(boundary('a prefix of groups, or a scope by its name'))
    .max(256)
    .optional()
    .meta({
      description: 'groups that neither come in nor leave here; reports of them are ignored (RFC 2365)',
      default: [],
    }),
  'multicast-ttl-threshold': z.int().min(1).max(255).optional().meta({
    description:
      'multicast leaves here only if it came in with at least this TTL (RFC 1812); TTL 1 never does',
    default: 1,
  }),
};

export const multicastSchema = z
  .strictObject({
    routing: flag('forwards multicast', true),
    'reverse-path': choice('whether it must come in from towards its source', ['strict', 'off'], 'strict'),
    upstream: name('IGMP proxy towards this link (RFC 4605)').optional(),
    routes: z
      .array(
        z.strictObject({
          group: group('the group'),
          source: hostAddress('only from this source').optional(),
          in: name('the link that it comes in by'),
          out: z.array(name('a link')).min(1).describe('the links that it leaves by'),
        }),
      )
      .optional()
      .describe('forwarded whoever asks'),
  })
  .describe('multicast forwarding');
