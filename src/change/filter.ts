import { DEFAULT_CODE, FILTER_KEYS, MATCH_KEYS, PORT_KEYS, REJECT_CODES } from '../filter.js';
import { leaf, required } from '../key.js';
import { camelCase, type SettingsOf } from '../section.js';
import { type Fault, fault } from '../text/fault.js';
import { formatProtocol, hasPorts } from '../text/protocols.js';
import { grammar } from './grammar.js';

const { match: _match, name, action, ...rest } = FILTER_KEYS;
const { isRequired: _named, ...anyName } = name;
const { isRequired: _acts, ...anyAction } = action;
const router = leaf('name', 'the router; default: that of the interfaces, or the only one');

/** A filter that a person adds: the words of the file, in one row. */
export const FILTER_ADD = grammar({
  words: 'filter add',
  description: 'add a filter after those of a router; the first that matches decides',
  arguments: {},
  options: {
    ...rest,
    in: leaf('name', 'only datagrams that come in by this interface: r1.red'),
    out: leaf('name', 'only datagrams that leave by this interface: r1.blue'),
    ...MATCH_KEYS,
    'size-over': leaf('octets', 'only datagrams longer than this, in octets: 1400'),
    action: anyAction,
    with: {
      ...rest.with,
      description: `what \`reject\` says, default ${DEFAULT_CODE}: ${REJECT_CODES.join(' ')}`,
    },
    name: { ...anyName, description: 'the name of the filter; default: one is made up, and printed' },
    router,
  },
  letters: { r: 'router' },
  names: { in: 'interface', out: 'interface', router: 'router' },
  examples: [
    [
      'filter add --in r1.red --protocol tcp --destination-port 23 --action reject',
      'no telnet from red: ICMP 3/13',
    ],
    ['filter add --in r1.red --protocol udp --action drop --limit 2', 'lose the next two datagrams of UDP'],
    ['filter add --out r1.blue --probability 30% --action drop --for 10s', 'lose every third for a while'],
    [
      'filter add --size-over 1400 --df --action reject --with frag-needed -r r1',
      'say that datagrams are too long',
    ],
  ],
  fault: ({ options }) => {
    if (options.action === undefined)
      return fault('E-KEY', '`filter add` needs an action', 'add `--action drop`, `reject` or `accept`');
    if (options.with !== undefined && options.action !== 'reject')
      return fault(
        'E-KEY',
        `\`--with\` requires \`--action reject\`, but the action is \`${options.action}\``,
        'remove it, or change the action to `reject`',
      );
    return portsFault(options, (key) => `\`--${key}\``);
  },
});

export const FILTER_DEL = grammar({
  words: 'filter del',
  description: 'remove a filter of a router, also one of the file',
  arguments: { name: required(leaf('name', 'the name of the filter')) },
  options: { router: { ...router, description: 'the router; default: the one that has such a filter' } },
  letters: { r: 'router' },
  names: { name: 'filter', router: 'router' },
  examples: [['filter del no-telnet', 'remove the filter no-telnet']],
});

/** Why ports do not go together with a protocol; undefined if they do. `shown` is how a key is written. */
export const portsFault = (
  match: Partial<SettingsOf<typeof MATCH_KEYS>>,
  shown: (key: (typeof PORT_KEYS)[number]) => string,
): (Fault & { readonly key: (typeof PORT_KEYS)[number] }) | undefined => {
  const { protocol } = match;
  if (protocol === undefined || hasPorts(protocol)) return undefined;
  const key = PORT_KEYS.find((each) => match[camelCase(each) as 'sourcePort'] !== undefined);
  if (key === undefined) return undefined;
  return {
    key,
    ...fault(
      'E-KEY',
      `only UDP and TCP have ports, but the protocol is \`${formatProtocol(protocol)}\``,
      `remove ${shown(key)}, or change the protocol to udp or tcp`,
    ),
  };
};
