import type { Address } from './address.js';

/** What to do with an IP option of a datagram in transit. Source: RFC 7126 §4. */
export type OptionPolicy = 'process' | 'pass' | 'drop';

/** Which interfaces an ICMP error names in its extension. Source: RFC 5837 §3. */
export type ExtensionRole = 'incoming' | 'outgoing' | 'next-hop';

/** What an ICMP error says of each of them. Source: RFC 5837 §4.1. */
export type ExtensionField = 'index' | 'address' | 'name' | 'mtu';

/** A token bucket: `burst` at once, then `perSecond`. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface IcmpSettings {
  readonly echoReply: boolean;
  readonly echoBroadcast: boolean;
  readonly unreachables: boolean;
  readonly timeExceeded: boolean;
  readonly parameterProblems: boolean;
  readonly redirects: boolean;
  /**
   * Whether a redirect from a route for one type of service says so (code 3); else it is one for the host
   * (code 1). Source: RFC 1812 §5.2.7.2.
   */
  readonly redirectsByTos: boolean;
  /** False makes an MTU black hole: too long with DF is dropped without a word. */
  readonly fragNeeded: boolean;
  readonly timestampReply: boolean;
  readonly addressMaskReply: boolean;
  readonly routerDiscovery: boolean;
  readonly probe: boolean;
  readonly extensions: readonly ExtensionRole[];
  readonly extensionFields: readonly ExtensionField[];
  /**
   * Whose address an error carries: that of the interface it leaves by (RFC 1812 §4.3.2.4), of the one
   * the original came in by (what users of traceroute want), or the loopback address.
   */
  readonly source: 'egress' | 'ingress' | 'loopback';
  readonly rateLimit: Rate & { readonly perDestination: Rate };
}

export interface OptionSettings {
  readonly recordRoute: OptionPolicy;
  readonly timestamp: OptionPolicy;
  readonly routerAlert: OptionPolicy;
  readonly looseSourceRoute: OptionPolicy;
  readonly strictSourceRoute: OptionPolicy;
  readonly other: OptionPolicy;
}

export interface IpSettings {
  readonly options: OptionSettings;
  readonly directedBroadcast: boolean;
  readonly classE: boolean;
  readonly linkLocal: boolean;
  readonly reversePath: 'strict' | 'loose' | 'off';
  readonly ecmpHash: 'l3' | 'l4';
  /** An own address that belongs to no interface; the router's identity where an interface is unnumbered. */
  readonly loopback: Address | undefined;
}

/** How one router behaves. The defaults are those of the configuration file. */
export interface RouterSettings {
  readonly icmp: IcmpSettings;
  readonly ip: IpSettings;
}

export const DEFAULT_SETTINGS: RouterSettings = {
  icmp: {
    echoReply: true,
    echoBroadcast: false,
    unreachables: true,
    timeExceeded: true,
    parameterProblems: true,
    redirects: true,
    redirectsByTos: false,
    fragNeeded: true,
    timestampReply: false,
    addressMaskReply: false,
    routerDiscovery: false,
    probe: false,
    extensions: [],
    extensionFields: ['index', 'address', 'name', 'mtu'],
    source: 'egress',
    rateLimit: { perSecond: 1000, burst: 50, perDestination: { perSecond: 1, burst: 6 } },
  },
  ip: {
    options: {
      recordRoute: 'process',
      timestamp: 'process',
      routerAlert: 'process',
      looseSourceRoute: 'drop',
      strictSourceRoute: 'drop',
      other: 'pass',
    },
    directedBroadcast: false,
    classE: false,
    linkLocal: false,
    reversePath: 'off',
    ecmpHash: 'l3',
    loopback: undefined,
  },
};
