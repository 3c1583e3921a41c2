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
export const showDevices = (
  lab: Lab,
  portOf: (attachment: string) => OpenDevice | undefined,
): readonly DeviceRow[] => {
  const { hosts } = lab.configuration;
  return [...hosts.values()].flatMap(({ name: host, namespace, interfaces }) =>
    interfaces.map(({ link: linkName, device }): DeviceRow => {
      const name = `${host}.${linkName}`;
      const port = portOf(name);
      const link = lab.links.get(linkName);
      const attachment = link?.attachments.find((each) => each.kind === 'host' && each.name === name);
      const { backend = null, io = null, offload, traffic = NO_TRAFFIC } = port ?? {};
      return {
        device: port?.device ?? device,
        host,
        link: linkName,
        namespace,
        backend,
        operStatus: link?.isUp === true && attachment?.isUp === true ? 'UP' : 'DOWN',
        mtu: link?.mtu ?? 0,
        io,
        offload: offload?.names ?? [],
        offloadReason: offload?.reason ?? null,
        ...traffic,
      };
    }),
  );
};
