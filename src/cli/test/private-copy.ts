import type { Configuration } from '../../config/configuration.js';
import { LONGEST_NAME } from '../../name.js';

/**
 * A lab as in a file, but apart from every other: so that the same file can be tested several times at once.
 *
 * It has a name of its own, and so have the namespaces that no host names. Nothing of it stays, it listens on no
 * address of this machine, and its control sockets are where those of every lab are.
 */
export const privateCopy = (
  configuration: Configuration,
  wanted: string | undefined,
  pid: number,
): Configuration => {
  const suffix = `-test-${pid}`;
  const name = wanted ?? `${configuration.name.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
  const hosts = [...configuration.hosts.values()].map((host) => ({
    ...host,
    namespace: host.namespace === host.name ? namespaceOf(name, host.name) : host.namespace,
    interfaces: host.interfaces.map((each) => ({ ...each, persistent: false })),
  }));
  const { socket: _socket, readOnlySocket: _readOnly, ...control } = configuration.control;
  return {
    ...configuration,
    name,
    hosts: new Map(hosts.map((host) => [host.name, host])),
    control: { ...control, socket: undefined, readOnlySocket: undefined },
    http: undefined,
  };
};

/** The namespaces that a copy made for itself, and that nobody else uses. */
export const ownNamespaces = (file: Configuration, copy: Configuration): readonly string[] =>
  [...copy.hosts.values()]
    .filter(({ name, namespace }) => file.hosts.get(name)?.namespace !== namespace)
    .map(({ namespace }) => namespace);

/** The end of a long name tells hosts apart, and the process at the end of the instance tells runs apart. */
const namespaceOf = (instance: string, host: string): string => {
  const whole = `${instance}-${host}`;
  if (whole.length <= LONGEST_NAME) return whole;
  const [, pid = ''] = /(\d*)$/.exec(instance) ?? [];
  return `test-${pid}-${host}`.slice(0, LONGEST_NAME);
};
