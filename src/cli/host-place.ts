import { Failure } from '../failure.js';
import type { ExecPlace } from '../host/netns-exec.js';
import type { DeviceObject, InstanceState } from '../host/state-file.js';

/** The devices of a host of a running lab, all in one namespace. */
export const devicesOf = (host: string, state: InstanceState): readonly [DeviceObject, ...DeviceObject[]] => {
  const devices = state.objects.filter((object) => object.kind === 'device');
  const [first, ...rest] = devices.filter((device) => device.host === host);
  if (first !== undefined) return [first, ...rest];
  const hosts = [...new Set(devices.map((device) => device.host))].join(' ');
  throw new Failure(2, `${state.name} has no host '${host}'`, `its hosts: ${hosts || 'none'}`);
};

/** Where a host's programs run, as seen from inside or outside its rootless lab. */
export const placeOf = async (host: string, state: InstanceState): Promise<ExecPlace> => {
  const { isInsideRootless } = await import('../host/rootless.js');
  const [{ namespace }] = devicesOf(host, state);
  return {
    namespace: namespace ?? undefined,
    rootlessPid: state.rootless && !isInsideRootless() ? state.pid : undefined,
  };
};
