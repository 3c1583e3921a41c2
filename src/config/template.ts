/** How much of the format a template shows. */
export type TemplateKind = 'minimal' | 'usual' | 'full';

/** A configuration to begin with; each passes `check --strict`. */
export const template = (kind: TemplateKind): string => TEMPLATES[kind];

const HEAD = '# yaml-language-server: $schema=./tunpike.schema.json   (made by: tunpike schema)\n';

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

routers:                        # inside of tunpike
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24 }
    routes:
      - { to: 192.0.2.0/25, type: blackhole }       # silent
      - { to: 192.0.2.128/25, type: prohibit }      # ICMP 3/13
`;

const FULL = `${HEAD}# Two routers between two hosts, and every key with its default.
version: 1
name: lab                       # the instance: its socket and its state file are called so

links:
  red:
    mtu: 1500                   # octets
    gateway: r1                 # who gets the hosts' off-link datagrams; needed with several routers
  core: {}
  blue: { mtu: 1400 }

hosts:
  alice:
    namespace: alice            # the host's own name, created and removed by tunpike; self = this one
    interfaces:
      red:
        address: 198.51.100.10/24
        routes: [default]       # via the gateway; groups (224.0.0.0/4) by the device
        device: tp-alice-red    # at most 15 octets
        persistent: false       # true: device and namespace outlive tunpike
  bob:
    interfaces:
      blue: { address: 203.0.113.10/24, routes: [default, 224.0.0.0/4] }

routers:
  r1:
    interfaces:
      red:
        address: 198.51.100.1/24
        forwarding: true
        igmp:                   # {} is a version 3 querier with these values; left out, no IGMP
          version: 3            # 3 | 2 | 1
          querier: elect        # elect | always | never
          ignore-versions: []   # of 1 and 2: as if such messages had not come
          query-interval: 125s
          query-response-interval: 10s
          last-member-query-interval: 1s
          robustness: 2         # how many messages in a row may be lost, and one
          last-member-query-count: 2  # robustness unless told
          startup-query-interval: 31.25s    # a quarter of query-interval unless told
          startup-query-count: 2      # robustness unless told
          fast-leave: never     # never | always | tracked (by who reported the group)
          router-alert: true    # false: sends without the option
          require-router-alert: false
          router-discovery: false     # true: advertises itself to snooping switches
          max-groups: 4096
          max-sources: 512      # of one group
          accept-groups: [{ group: 239.0.0.0/8 }]   # what hosts may ask for; left out, everything
          deny-groups: [{ group: 239.66.0.0/16, source: 203.0.113.0/24 }]   # wins
          static-groups: [{ group: 239.1.2.3 }]     # forwarded here whoever asks; with \`source\`, only from there
          join-groups: [{ group: 239.255.0.1 }]     # joined by the router itself
      core:
        address: [192.0.2.1/30] # the first is primary
        multicast-boundary: [local]                 # groups that neither come in nor leave here: prefixes, local, organization-local
        multicast-ttl-threshold: 1                  # multicast leaves here only if it came in with this TTL
    routes:
      - { to: 203.0.113.0/24, via: 192.0.2.2, metric: 0 }
      - { to: 198.18.0.0/15, type: blackhole }      # silent
      - { to: 192.0.2.64/26, type: unreachable }    # ICMP 3/1
      - { to: 192.0.2.128/26, type: prohibit }      # ICMP 3/13
      - { to: default, metric: 20, nexthops: [{ via: 192.0.2.2, weight: 1 }] }
    icmp:
      echo-reply: true
      echo-broadcast: false
      unreachables: true
      time-exceeded: true
      parameter-problems: true
      redirects: true
      frag-needed: true         # false: an MTU black hole
      source: egress            # egress | ingress | loopback
      rate-limit: { per-second: 1000, burst: 50, per-destination: { per-second: 1, burst: 6 } }
    ip:
      options:                  # process | pass | drop
        record-route: process
        timestamp: process
        router-alert: process
        loose-source-route: drop
        strict-source-route: drop
        other: pass
      directed-broadcast: false
      class-e: false
      link-local: false
      reverse-path: off         # strict | loose | off
      ecmp-hash: l3             # l3 | l4
      loopback: 192.0.2.255/32
    multicast:
      routing: true
      reverse-path: strict      # strict | off
      upstream: core            # IGMP proxy towards this link; left out, a plain querier
      routes: [{ group: 239.9.9.9, in: core, out: [red] }]    # forwarded whoever asks
  r2:
    interfaces:
      core: { address: 192.0.2.2/30, igmp: {} }
      blue: { address: 203.0.113.1/24, igmp: {} }
    routes: [{ to: default, via: 192.0.2.1 }]

log: { level: info, format: auto }                  # auto: pretty on a terminal, JSON lines otherwise
control: { mode: "0660" }                           # socket: where, if not in /run/tunpike
`;

const TEMPLATES: Readonly<Record<TemplateKind, string>> = { minimal: MINIMAL, usual: USUAL, full: FULL };
