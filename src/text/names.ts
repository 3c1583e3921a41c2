import { type Fault, fault } from './fault.js';

const LONGEST_NAME = 63;
/** The longest device name that the kernel accepts, without the terminating zero. */
export const LONGEST_DEVICE = 15;
/** The longest path of a Unix socket, without the terminating zero. */
const LONGEST_SOCKET = 107;

export const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** Directories of /proc/sys/net/ipv4/conf that are not devices, and the one device that every namespace has. */
const RESERVED_DEVICES = ['.', '..', 'all', 'default', 'lo'];

/** Names become parts of device names, namespaces and socket paths. */
export const parseName = (text: string): string | Fault => {
  if (text.length > LONGEST_NAME)
    return fault('E-RANGE', `the name has ${text.length} characters`, `write at most ${LONGEST_NAME}`);
  if (NAME.test(text)) return text;
  return fault(
    'E-TYPE',
    `\`${text}\` is not a valid name`,
    'use letters, digits, `-`, `_` and `.`, starting with a letter or a digit',
  );
};

export const parseDevice = (text: string): string | Fault => {
  const octets = Buffer.byteLength(text);
  if (octets < 1 || octets > LONGEST_DEVICE)
    return fault(
      'E-IFNAMSIZ',
      `the device name \`${text.slice(0, 80)}\` has ${octets} octets`,
      `write 1 to ${LONGEST_DEVICE} octets, such as \`${cutDevice(text)}\``,
    );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[/\s:%\u0000-\u001f\u007f]/.test(text) || RESERVED_DEVICES.includes(text))
    return fault('E-IFNAMSIZ', `\`${text}\` is not a valid device name`, 'use letters, digits and `-`');
  return text;
};

/** The longest prefix of a text that is a valid device name. */
const cutDevice = (text: string): string =>
  text.replace(/[^A-Za-z0-9_.-]/g, '').slice(0, LONGEST_DEVICE) || 'tp0';

/** The absolute path of a Unix socket. */
export const parseSocketPath = (text: string): string | Fault => {
  if (!text.startsWith('/') || text.includes('\0') || text.endsWith('/'))
    return fault(
      'E-TYPE',
      `\`${text.slice(0, 80)}\` is not the absolute path of a file`,
      'start it with a slash',
    );
  const octets = Buffer.byteLength(text);
  return octets <= LONGEST_SOCKET
    ? text
    : fault(
        'E-RANGE',
        `the path has ${octets} octets`,
        `write at most ${LONGEST_SOCKET}: the path of a socket cannot be longer`,
      );
};

/** File permissions in octal: `0660`. */
export const parseMode = (text: string): number | Fault =>
  /^0?[0-7]{3}$/.test(text)
    ? Number.parseInt(text, 8)
    : fault(
        'E-TYPE',
        `\`${text.slice(0, 40)}\` is not a file mode`,
        'write three octal digits, such as `"0660"`',
      );

/** `0660`. */
export const formatMode = (mode: number): string => mode.toString(8).padStart(4, '0');
