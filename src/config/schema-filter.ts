import { z } from 'zod';
import { fault } from '../text/fault.js';
import { written } from './value.js';
import { prefix } from './value-address.js';
import { name } from './value-name.js';
import { lasting, share, size } from './value-quantity.js';

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, igmp: 2, tcp: 6, udp: 17 };

const protocol = written(
  (text) => {
    const named = Object.hasOwn(PROTOCOLS, text) ? PROTOCOLS[text] : undefined;
    const number = named ?? (/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN);
    if (number <= 255) return number;
    return fault(
      Number.isNaN(number) ? 'E-TYPE' : 'E-RANGE',
      `\`${text.slice(0, 40)}\` is no protocol`,
      `write ${Object.keys(PROTOCOLS).join(', ')}, or a number to 255`,
    );
  },
  { description: 'tcp, udp, icmp, igmp, or a number', examples: ['tcp'] },
);

const port = (description: string) => z.int().min(0).max(65535).optional().describe(description);

export const filterSchema = z
  .strictObject({
    name: name('what the rule is called'),
    in: name('only what comes in by this link').optional(),
    out: name('only what leaves by this link').optional(),
    match: z
      .strictObject({
        protocol: protocol.optional(),
        source: prefix('where it comes from').optional(),
        destination: prefix('where it goes').optional(),
        'source-port': port('of TCP or UDP'),
        'destination-port': port('of TCP or UDP'),
        'size-over': size('only longer datagrams').optional(),
        df: z.boolean().optional().describe('only with DF set, or only without'),
      })
      .optional()
      .describe('all of these must hold'),
    probability: share('how often the rule applies').optional(),
    limit: z.int().min(1).max(1_000_000_000).optional().describe('how many times the rule applies'),
    for: lasting('how long the rule stands').optional(),
    action: z.enum(['accept', 'drop', 'reject']).describe('what happens'),
    with: z
      .enum([
        'net-unreachable',
        'host-unreachable',
        'protocol-unreachable',
        'port-unreachable',
        'frag-needed',
        'net-prohibited',
        'host-prohibited',
        'admin-prohibited',
      ])
      .optional()
      .describe('what a reject answers'),
  })
  .describe('a rule; the first that matches counts');
