/** What the host side asks of the kernel beside TUN devices: namespaces and routing netlink. */
export interface Kernel {
  readonly backend: 'native' | 'koffi';

  /**
   * Sends requests of routing netlink in a namespace, one after the other, and gives all that came back.
   *
   * Their sequence numbers become 1, 2, 3 …; one that fails does not keep the next from being sent.
   */
  exchange(namespace: NamespaceHandle, requests: Uint8Array): Uint8Array;

  /** What a file of /proc/sys/net says in a namespace, after it was set where a value is given. */
  setting(namespace: NamespaceHandle, path: string, value?: string): string;

  /** New network namespaces without names, which end with their descriptors unless something else holds them. */
  makeNamespaces(count: number): readonly number[];

  /** Makes /run/netns where it is missing, and a mount whose mounts others see. */
  prepareFolder(): void;

  /** Gives a namespace a name; the placeholder, a file of /run/netns without a name, gets it first. */
  attach(namespace: number, placeholder: number, name: string): void;

  /** Takes a namespace off its name, and removes the name. */
  detach(name: string): void;

  /** Closes together, beside the event loop and so much faster, whatever descriptors are closed within. */
  closeTogether(close: () => void): Promise<void>;
}

/** A descriptor of a namespace's file; undefined for our own namespace. */
export type NamespaceHandle = number | undefined;
