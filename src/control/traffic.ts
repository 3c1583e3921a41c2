/** The counters of a running lab at one moment; two of them make rates. */
export interface Traffic {
  /** RFC 3339. */
  readonly time: string;
  /** Of a clock that never jumps. */
  readonly clockSeconds: number;
  readonly uptimeSeconds: number;
  /** How long work that is due at once waits for its turn. */
  readonly eventLoopLagSeconds: number;
  /** What the process holds of the machine's memory. */
  readonly memoryOctets: number;
  /** What it has used of processors since it began. */
  readonly cpuSeconds: number;
  readonly interfaces: readonly InterfaceTraffic[];
  readonly links: readonly LinkTraffic[];
  /** Dropped datagrams by reason, wherever that was. */
  readonly drops: Readonly<Record<string, number>>;
}

/** Octets are IPv4 total lengths. */
export interface InterfaceTraffic {
  readonly interface: string;
  readonly operStatus: 'UP' | 'DOWN';
  readonly inPackets: number;
  readonly inOctets: number;
  readonly outPackets: number;
  readonly outOctets: number;
}

/** What hosts and routers have sent on a link, whether it arrived or not. */
export interface LinkTraffic {
  readonly link: string;
  readonly state: 'up' | 'down';
  readonly packets: number;
  readonly octets: number;
}
