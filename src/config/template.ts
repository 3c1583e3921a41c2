import { IGMP_KEYS } from '../igmp/settings.js';
import { IMPAIRMENT_KEYS } from '../impairments.js';
import { SCOPE_KEYS } from '../interface.js';
import { prefixed } from '../section.js';
import { ICMP_KEYS, IP_KEYS, MULTICAST_KEYS } from '../settings.js';
import { FILE_KEYS } from './keys/file.js';
import { HOST_INTERFACE_KEYS, HOST_KEYS } from './keys/host.js';
import { LINK_KEYS, WHOLE_LINK_KEYS } from './keys/link.js';
import { INTERFACE_KEYS, SCOPE_PREFIX } from './keys/router.js';
import { templateLines } from './template-section.js';

/** How much of the format a template shows. */
type TemplateKind = 'minimal' | 'usual' | 'full';

/** A configuration to start from; each passes `check --strict`. */
export const template = (kind: TemplateKind): string => TEMPLATES[kind];

const HEAD = '# yaml-language-server: $schema=./tunpike.schema.json   (created by: tunpike schema)\n';

const MINIMAL = `${HEAD}version: 1
links:
  red: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24 } } }
`;

const USUAL = `${HEAD}# Two hosts, one router between them. Try: tunpike exec alice -- ping 203.0.113.10
version: 1
name: lab

links:                          # virtual wires, one IPv4 subnet each
  red: {}
  blue: { mtu: 1400 }

hosts:                          # network namespaces in which real programs run
  alice:
    interfaces:
      red: { address: 198.51.100.10/24, routes: [default] }
  bob:
    interfaces:
      blue: { address: 203.0.113.10/24, routes: [default] }

routers:                        # inside tunpike
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24 }
    routes:
      - { to: 192.0.2.0/25, type: blackhole }       # silent
      - { to: 192.0.2.128/25, type: prohibit }      # ICMP 3/13
`;

/** Keys without a default, and values that fit this lab. */
const IGMP_SAMPLE = {
  'last-member-query-count': 2,
  'startup-query-interval': '31.25s',
  'startup-query-count': 2,
  'accept-groups': [{ group: '239.0.0.0/8' }],
  'deny-groups': [{ group: '239.66.0.0/16', source: '203.0.113.0/24' }],
  'static-groups': [{ group: '239.1.2.3' }],
  'join-groups': [{ group: '239.255.0.1' }],
};
const IMPAIRMENT_SAMPLE = {
  preset: 'dsl',
  delay: '0ms',
  jitter: '0ms',
  loss: '0%',
  burst: 1,
  duplicate: '0%',
  reorder: '0%',
  corrupt: '0%',
  rate: '0kbit',
  queue: 0,
  seed: 42,
  from: { r1: { delay: '0ms' } },
};
/** Without a socket, as its place depends on who runs the lab. */
const CONTROL_SAMPLE = { mode: '0660' };

const FULL = `${HEAD}# Two routers between two hosts; every key with its default.
version: 1
${templateLines({ name: FILE_KEYS.name }, 0, { name: 'lab' })}

links:
  red:
${templateLines(LINK_KEYS, 4, { gateway: 'r1' })}
  core:                         # a preset, and keys that override it: 0 means none
${templateLines({ ...IMPAIRMENT_KEYS, from: WHOLE_LINK_KEYS.from }, 4, IMPAIRMENT_SAMPLE)}
  blue: { mtu: 1400 }

hosts:
  alice:
${templateLines({ namespace: HOST_KEYS.namespace }, 4, { namespace: 'alice' })}
    interfaces:
      red:
${templateLines(HOST_INTERFACE_KEYS, 8, { address: '198.51.100.10/24', routes: ['default'] })}
  bob:
    interfaces:
      blue: { address: 203.0.113.10/24, routes: [default, 224.0.0.0/4] }

routers:
  r1:
    interfaces:
      red:
        address: 198.51.100.1/24
${templateLines(INTERFACE_KEYS, 8, { address: undefined })}
        igmp:                   # {} is a version 3 querier with these values; omitted: no IGMP
${templateLines(IGMP_KEYS, 10, IGMP_SAMPLE)}
      core:
${templateLines({ address: INTERFACE_KEYS.address }, 8, { address: ['192.0.2.1/30'] })}
${templateLines(prefixed(SCOPE_PREFIX, SCOPE_KEYS), 8, { 'multicast-boundary': ['local'] })}
    routes:
      - { to: 203.0.113.0/24, via: 192.0.2.2, metric: 0 }
      # - { file: full-table.txt }                  # lines of PREFIX via ADDRESS [metric N], or blackhole PREFIX
      - { to: 198.18.0.0/15, type: blackhole }      # silent
      - { to: 192.0.2.64/26, type: unreachable }    # ICMP 3/1
      - { to: 192.0.2.128/26, type: prohibit }      # ICMP 3/13
      - { to: 203.0.113.128/25, via: 192.0.2.2, tos: 0x10 }     # only for datagrams with this type of service
      - { to: default, metric: 20, nexthops: [{ via: 192.0.2.2, weight: 1 }] }
    icmp:
${templateLines(ICMP_KEYS, 6)}
    ip:
${templateLines(IP_KEYS, 6)}
    multicast:
${templateLines(MULTICAST_KEYS, 6, { upstream: 'core', routes: [{ group: '239.9.9.9', in: 'core', out: ['red'] }] })}
    filters:                    # the first that matches decides
      - { name: no-telnet, in: red, match: { protocol: tcp, destination-port: 23 }, action: reject, with: admin-prohibited }
  r2:
    interfaces:
      core: { address: 192.0.2.2/30, igmp: {} }
      blue: { address: 203.0.113.1/24, igmp: {} }
    routes: [{ to: default, via: 192.0.2.1 }]

${templateLines({ log: FILE_KEYS.log, control: FILE_KEYS.control, poll: FILE_KEYS.poll }, 0, { control: CONTROL_SAMPLE })}

# http: { listen: "127.0.0.1:9476" }   # metrics, events and JSON; others than this machine need a token

# capture:                      # pcapng files of what passes; also interface, match, snaplen, rotate, keep
#   - { name: drops, file: /var/tmp/lab-drops.pcapng, only: drops }

schedule:                       # changes that the lab makes by itself, in the words of the command line
  - { at: 1h, every: 30s, times: 3, do: icmp set --frag-needed true -r r1 }
`;

const TEMPLATES: Readonly<Record<TemplateKind, string>> = { minimal: MINIMAL, usual: USUAL, full: FULL };
