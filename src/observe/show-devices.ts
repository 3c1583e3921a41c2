import type { Lab } from '../lab/lab.js';
import type { DeviceRow } from './device-row.js';

/** An open device, as `tun/` knows it. */
type OpenDevice = Pick<DeviceRow, 'device' | 'io' | 'backend'> & {
  readonly offload: { readonly names: readonly string[]; readonly reason: string | undefined };
  readonly traffic: Readonly<typeof NO_TRAFFIC>;
};

const NO_TRAFFIC = {
  readDatagrams: 0,
  readSegments: 0,
  writtenDatagrams: 0,
  writtenSegments: 0,
  refusedDatagrams: 0,
};

/** The device of every host on every link, in the order of the configuration. `portOf` knows HOST.LINK. */
export function* deviceRows(
  lab: Lab,
  portOf: (attachment: string) => OpenDevice | undefined,
): Generator<DeviceRow> {
  const isUpOn = new Map<string, ReadonlySet<string>>();
  for (const [name, { attachments, isUp }] of lab.links)
    isUpOn.set(
      name,
      new Set(
        attachments.filter((each) => each.kind === 'host' && each.isUp && isUp).map((each) => each.name),
      ),
    );
  for (const { name: host, namespace, interfaces } of lab.configuration.hosts.values())
    for (const { link, device } of interfaces) {
      const name = `${host}.${link}`;
      const port = portOf(name);
      const { backend = null, io = null, offload, traffic = NO_TRAFFIC } = port ?? {};
      yield {
        device: port?.device ?? device,
        host,
        link,
        namespace,
        backend,
        operStatus: isUpOn.get(link)?.has(name) === true ? 'UP' : 'DOWN',
        mtu: lab.links.get(link)?.mtu ?? 0,
        io,
        offload: offload?.names ?? [],
        offloadReason: offload?.reason ?? null,
        ...traffic,
      };
    }
}
