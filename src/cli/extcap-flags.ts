/** What Wireshark says on the command line of an extcap program. */
export interface ExtcapFlags {
  readonly extcapInterfaces?: true;
  readonly extcapInterface?: string;
  readonly extcapDlts?: true;
  readonly extcapConfig?: true;
  readonly capture?: true;
  readonly fifo?: string;
  readonly only?: string;
  readonly match?: string;
  readonly snaplen?: string;
}

/** Wireshark's way to the interfaces of running labs; listed in no help, described in docs/capture.md. */
