/** One step of a datagram's way. */
export interface ExplainedStep {
  /** An interface for `in`, `out`, `mtu`; a link for `link`, `held`; a host or an interface for `deliver`; else a router. */
  readonly at: string;
  readonly what:
    | 'in'
    | 'check'
    | 'option'
    | 'filter'
    | 'route'
    | 'ttl'
    | 'mtu'
    | 'redirect'
    | 'out'
    | 'link'
    | 'held'
    | 'deliver'
    | 'drop';
  readonly detail: string;
  /** The rule, for example `RFC 1812 §5.3.1`; of a link, where its settings are. */
  readonly source: string;
}

/** An ICMP error: its numbers, and the addresses of the datagram that carries it. */
export interface ExplainedError {
  readonly type: number;
  readonly code: number;
  readonly from: string;
  readonly to: string;
}

/** What happens to a datagram, and why. */
export interface Explanation {
  /** `forwarded`: a host gets it. `delivered`: a router takes it. */
  readonly verdict: 'forwarded' | 'delivered' | 'dropped';
  /** A drop reason; left out where it is not dropped. */
  readonly reason?: string;
  readonly steps: readonly ExplainedStep[];
  /** The error that answers a drop; null for none. */
  readonly icmp: ExplainedError | null;
  /** The host or router that gets it, or a list of them for a group or a broadcast; null where it is dropped. */
  readonly delivered: string | readonly string[] | null;
}
