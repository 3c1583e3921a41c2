import { lasting, leaf } from '../key.js';
import { fault } from '../text/fault.js';
import { grammar } from './grammar.js';

const INTERFACE = leaf('name', 'for example r1.red; the name of the link, if one router is on it');

/** The longest response time that a version 3 query can carry. Source: RFC 9776 §4.1.1. */
const LONGEST_MAX_RESPONSE = { most: '3174.4s', usual: 's' };

/** A query that a router sends now; the timers of the querier are not changed. */
export const IGMP_QUERY = grammar({
  words: 'igmp query',
  description: 'send a query now; the timers of the querier are not changed',
  arguments: { interface: INTERFACE },
  names: { interface: 'interface' },
  options: {
    group: leaf('group', 'ask about this group only'),
    source: leaf('host-address', 'ask about this source of the group only'),
    'max-response': lasting(
      'maximum response time, for example 1s (default: that of the querier)',
      LONGEST_MAX_RESPONSE,
    ),
  },
  examples: [
    ['igmp query r1.red', 'a general query'],
    ['igmp query r1.red --group 239.1.2.3 --max-response 1s', 'a group-specific query'],
  ],
  fault: ({ options }) =>
    options.source !== undefined && options.group === undefined
      ? fault('E-KEY', 'a query for a source needs its group', 'add --group')
      : undefined,
});

/** The last member of a group has left, as far as the router is concerned. */
export const IGMP_LEAVE = grammar({
  words: 'igmp leave',
  description: 'remove a group from an interface, as if its last member had left',
  arguments: { interface: INTERFACE, group: leaf('group', 'for example 239.1.2.3') },
  options: { source: leaf('host-address', 'remove this source only') },
  names: { interface: 'interface' },
  examples: [['igmp leave r1.red 239.1.2.3', 'a member that remains restores it with its next report']],
});
