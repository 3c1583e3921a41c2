import { isDeviceName, LONGEST_DEVICE, LONGEST_NAME, NAME } from '../name.js';
import { type Fault, fault } from './fault.js';

/** The longest path of a Unix socket, without the terminating zero. */
const LONGEST_SOCKET = 107;

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
  if (isDeviceName(text)) return text;
  return fault(
    'E-IFNAMSIZ',
    `\`${text}\` is not a valid device name`,
    'use letters, digits, `-`, `_` and `.`, beginning with a letter or a digit',
  );
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
