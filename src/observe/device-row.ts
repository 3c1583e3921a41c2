/** The TUN device of a host on a link; counts begin when it was opened. */
export interface DeviceRow {
  readonly device: string;
  readonly host: string;
  readonly link: string;
  /** `self` is the namespace in which the lab was started. */
  readonly namespace: string;
  /** Null where it has no device, like the two that follow. */
  readonly backend: 'native' | 'koffi' | 'tuntap2' | null;
  readonly operStatus: 'UP' | 'DOWN';
  readonly mtu: number;
  readonly io: 'io_uring' | 'read-write' | 'thread-pool' | null;
  readonly offload: readonly string[];
  /** Why not all of it is in force; null where all is, or there is no device. */
  readonly offloadReason: string | null;
  readonly readDatagrams: number;
  readonly readSegments: number;
  readonly writtenDatagrams: number;
  readonly writtenSegments: number;
  readonly refusedDatagrams: number;
}
