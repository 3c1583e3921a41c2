import type { Configuration } from '../config/configuration.js';
import { inventoryOf } from '../config/inventory.js';

/** What goes on when all is well, in a line for `systemctl status`. */
export const statusLineOf = (configuration: Configuration, dashboard: string | undefined): string =>
  `${configuration.name} is ready: ${inventoryOf(configuration)}${
    dashboard === undefined ? '' : `; dashboard at ${dashboard}`
  }`;
