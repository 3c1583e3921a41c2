import type { Configuration } from '../config/configuration.js';
import { groupId } from '../control/group.js';
import type { FilesAtWork } from '../host/privileges.js';
import { routeFilesOf } from './reload.js';

/** The files that a lab of this configuration uses as long as it runs. */
export const filesAtWork = (
  configuration: Configuration,
  own: { readonly configFile: string | undefined; readonly readyFile?: string | undefined },
): FilesAtWork => {
  const { control, capture } = configuration;
  return {
    read: [own.configFile, ...routeFilesOf(configuration)],
    written: [own.readyFile, control.socket, control.readOnlySocket, ...capture.map(({ file }) => file)],
    givenTo: control.group === undefined ? undefined : groupId(control.group),
  };
};
