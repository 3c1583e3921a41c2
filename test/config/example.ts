/** Every key of the format once, and nothing wrong in it. */
export const EXAMPLE = `# comment
version: 1
name: lab
links:
  red: { mtu: 1500, gateway: r1 }
  core: { mtu: 1500, preset: dsl, delay: 15ms, jitter: 2ms, loss: 0.5%, burst: 3, duplicate: 1%, reorder: 2.5%, corrupt: 0%, rate: 50mbit, queue: 100, seed: 42, from: { r1: { loss: 10% }, r2: { preset: wifi } } }
  blue: { mtu: 1400 }
hosts:
  alice:
    namespace: alice
    interfaces:
      red: { address: 198.51.100.10/24, routes: [default, { to: 192.0.2.0/24, via: 198.51.100.2 }], device: tp-alice-red, persistent: false }
  bob:
    interfaces:
      blue: { address: 203.0.113.10/24, routes: [default, 224.0.0.0/4], persistent: true }
routers:
  r1:
    interfaces:
      red:
        address: [198.51.100.1/24, 198.51.100.2/24]
        igmp:
          version: 3
          querier: elect
          ignore-versions: [1, 2]
          query-interval: 125s
          query-response-interval: 10s
          last-member-query-interval: 1s
          last-member-query-count: 2
          startup-query-interval: 31.25s
          startup-query-count: 2
          robustness: 2
          fast-leave: never
          router-alert: true
          require-router-alert: false
          router-discovery: false
          max-groups: 4096
          max-sources: 512
          accept-groups: [{ group: 239.0.0.0/8 }, { group: 232.0.0.0/8, source: 203.0.113.0/24 }]
          deny-groups: [{ group: 239.66.0.0/16 }]
          static-groups: [{ group: 239.7.0.0/16 }, { group: 239.1.2.3 }, { group: 232.1.1.1, source: 203.0.113.10 }]
          join-groups: [{ group: 239.255.0.1 }]
      core: { address: 192.0.2.1/30, forwarding: true, multicast-boundary: [local, 239.192.0.0/14], multicast-ttl-threshold: 16, multicast-ttl: 32 }
    routes:
      - { to: 203.0.113.0/24, via: 192.0.2.2 }
      - { to: 198.18.0.0/15, type: blackhole }
      - { to: 198.51.100.64/26, via: 192.0.2.2, tos: 0x10 }
      - { to: 192.0.2.64/26, type: unreachable }
      - { to: 0.0.0.0/0, metric: 20, nexthops: [{ via: 192.0.2.2, weight: 2 }, { via: 198.51.100.10 }] }
    icmp:
      echo-reply: true
      echo-broadcast: false
      unreachables: true
      time-exceeded: true
      parameter-problems: true
      redirects: true
      frag-needed: true
      timestamp-reply: false
      address-mask-reply: false
      router-discovery: false
      probe: false
      extensions: []
      extension-fields: [index, address, name, mtu]
      redirects-by-tos: false
      source: egress
      rate-limit: { per-second: 1000, burst: 50, per-destination: { per-second: 1, burst: 6 } }
    ip:
      options:
        record-route: process
        timestamp: process
        router-alert: process
        loose-source-route: drop
        strict-source-route: drop
        other: pass
      directed-broadcast: false
      class-e: false
      link-local: false
      reverse-path: off
      ecmp-hash: l3
      loopback: 192.0.2.255/32
    multicast:
      routing: true
      reverse-path: strict
      upstream: core
      routes: [{ group: 239.9.9.9, source: 203.0.113.10, in: blue, out: [core] }]
      reflect: [{ service: mdns, between: [red, core] }]
    filters:
      - name: no-telnet
        in: red
        out: core
        match: { protocol: tcp, source: 198.51.100.0/24, destination: 203.0.113.0/24, source-port: 1, destination-port: 23, size-over: 100B, df: true }
        probability: 50%
        limit: 3
        for: 10s
        action: reject
        with: admin-prohibited
  r2:
    interfaces:
      core: { address: 192.0.2.2/30, igmp: {} }
      blue: { address: 203.0.113.1/24, igmp: {} }
    routes: [{ to: default, via: 192.0.2.1 }]
log: { level: info, format: auto }
control: { socket: /run/tunpike/lab.sock, mode: "0660", group: netdev, read-only-socket: /run/tunpike/lab.ro.sock }
poll: busy
http: { listen: "127.0.0.1:9476", token: secret }
capture:
  - { name: drops, file: /var/tmp/lab-drops.pcapng, interface: r1.red, only: drops, snaplen: 96, match: protocol=udp, rotate: 10MB, keep: 5 }
schedule:
  - { at: 5s, do: icmp set --echo-reply false -r r1 }
  - { at: 10s, every: 30s, times: 3, do: igmp query r1.red }
`;
