import { isDeviceName, LONGEST_DEVICE, LONGEST_NAME, NAME } from '../name.js';
import { type Fault, fault } from './fault.js';

/** What a Unix socket's address has room for, its closing zero not counted. */
const LONGEST_SOCKET = 107;

/** Names become parts of device names, namespaces and socket paths. */
export const parseName = (text: string): string | Fault => {
  if (text.length > LONGEST_NAME)
    return fault('E-RANGE', `a name of ${text.length} characters`, `write at most ${LONGEST_NAME}`);
  if (NAME.test(text)) return text;
  return fault(
    'E-TYPE',
    `\`${text}\` cannot be a name`,
    'write letters, digits, `-`, `_` and `.`, beginning with a letter or a digit',
  );
};

export const parseDevice = (text: string): string | Fault => {
  const octets = Buffer.byteLength(text);
  if (octets < 1 || octets > LONGEST_DEVICE)
    return fault(
      'E-IFNAMSIZ',
      `the device name \`${text.slice(0, 80)}\` is ${octets} octets long`,
      `write 1 to ${LONGEST_DEVICE} octets, like \`${cutDevice(text)}\``,
    );
  if (isDeviceName(text)) return text;
  return fault(
    'E-IFNAMSIZ',
    `\`${text}\` cannot be a device name`,
    'write letters, digits, `-`, `_` and `.`, beginning with a letter or a digit',
  );
};

/** The longest beginning of a text that may be a device name. */
const cutDevice = (text: string): string =>
  text.replace(/[^A-Za-z0-9_.-]/g, '').slice(0, LONGEST_DEVICE) || 'tp0';

/** An absolute path of a Unix socket. */
export const parseSocketPath = (text: string): string | Fault => {
  if (!text.startsWith('/') || text.includes('\0') || text.endsWith('/'))
    return fault('E-TYPE', `\`${text.slice(0, 80)}\` is no absolute path of a file`, 'begin it with `/`');
  const octets = Buffer.byteLength(text);
  return octets <= LONGEST_SOCKET
    ? text
    : fault('E-RANGE', `a path of ${octets} octets`, `a socket's path has at most ${LONGEST_SOCKET}`);
};

/** File permissions in octal: `0660`. */
export const parseMode = (text: string): number | Fault =>
  /^0?[0-7]{3}$/.test(text)
    ? Number.parseInt(text, 8)
    : fault('E-TYPE', `\`${text.slice(0, 40)}\` is no file mode`, 'write three octal digits: `"0660"`');

/** `0660`. */
export const formatMode = (mode: number): string => mode.toString(8).padStart(4, '0');
