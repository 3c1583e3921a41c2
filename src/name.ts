/** Longest name of a host, link, router, namespace or instance. */
export const LONGEST_NAME = 63;
/** What the kernel takes for a device, its closing zero not counted. */
export const LONGEST_DEVICE = 15;

/**
 * The one alphabet of names, whether they come from a file, a flag, the control socket or a state file.
 *
 * Names become file names and words of other programs, so nothing in it means anything there: no slash, no blank,
 * no quote, no `#`, and at the beginning neither a dot nor a dash.
 */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Folders of /proc/sys/net/ipv4/conf that are no devices, and the one device that every namespace has. */
const RESERVED_DEVICES = ['all', 'default', 'lo'];

export const isName = (text: string): boolean => text.length <= LONGEST_NAME && NAME.test(text);

export const isDeviceName = (text: string): boolean =>
  text.length <= LONGEST_DEVICE && NAME.test(text) && !RESERVED_DEVICES.includes(text);
