import { isDeviceName, isName } from '../name.js';
import { readAddress, readRoute } from './route-text.js';

/** What one instance is, and which host objects are its own, with the proof. */
export interface InstanceState {
  readonly format: 1;
  readonly name: string;
  readonly pid: number;
  readonly startTime: number;
  readonly bootId: string;
  /** Whether it ended by itself and left only what is persistent. */
  readonly stopped: boolean;
  readonly socket: string;
  /** The configuration's path; null where there is no file. */
  readonly file: string | null;
  readonly version: string;
  /** Its namespaces are in a user and a mount namespace of their own, which end with the process. */
  readonly rootless: boolean;
  /** The network namespace that `null` means in `objects`. */
  readonly ownNamespace: string;
  readonly objects: HostObject[];
}

export interface NamespaceObject {
  readonly kind: 'namespace';
  readonly name: string;
  /** False: it was there before, and is not removed. */
  readonly created: boolean;
  /** As `namespaceIdentity` gives it; null where nothing proves it. */
  readonly identity: string | null;
  /** Of the file that had the name before the namespace was found there. */
  readonly placeholder?: string | null | undefined;
}

export interface DeviceObject {
  readonly kind: 'device';
  readonly name: string;
  /** Null: the namespace in which the program ran. */
  readonly namespace: string | null;
  readonly host: string;
  readonly link: string;
  readonly persistent: boolean;
  /** False: it was there before, and is not removed. */
  readonly created: boolean;
  /** The kernel's interface index; null while it is only intended. */
  readonly index: number | null;
  /** What we put on it: `198.51.100.10/24`, `default via 198.51.100.1 dev tp-red`. */
  readonly addresses: string[];
  readonly routes: string[];
}

export type HostObject = NamespaceObject | DeviceObject;

/** What a state file holds, or which field of it is wrong; empty where it is no object at all. */
export type ReadInstanceState =
  | { readonly state: InstanceState; readonly wrong?: undefined }
  | { readonly state?: undefined; readonly wrong: string };

/** Reads what a state file holds: whatever in it will be acted on must look as we would have written it. */
export const readInstanceState = (value: unknown): ReadInstanceState => {
  const wrong = faultIn(value, STATE);
  return wrong === undefined ? { state: value as InstanceState } : { wrong };
};

/** Whether a value is right; a text is the path within it to what is wrong. */
type Check = (value: unknown) => boolean | string;
/** A check for each field: one that is forgotten does not compile. */
type Fields<Shape> = { readonly [Name in keyof Required<Shape>]: Check };

/** The first field that is wrong, by its path; undefined where none is. */
const faultIn = <Shape>(value: unknown, fields: Fields<Shape>): string | undefined => {
  if (typeof value !== 'object' || value === null) return '';
  const given = value as Record<string, unknown>;
  for (const name of Object.keys(fields) as (keyof typeof fields & string)[]) {
    const found = fields[name](given[name]);
    if (found !== true) return typeof found === 'string' ? `${name}.${found}` : name;
  }
  return undefined;
};

const text =
  (test: (text: string) => boolean): Check =>
  (value) =>
    typeof value === 'string' && test(value);
const pattern = (shape: RegExp): Check => text((value) => shape.test(value));
const isWhole =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least;
const isSwitch: Check = (value) => typeof value === 'boolean';
const isNullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const isListOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return false;
    for (const [at, item] of value.entries()) {
      const found = check(item);
      if (found !== true) return typeof found === 'string' && found !== '' ? `${at}.${found}` : String(at);
    }
    return true;
  };

/** What proves something: numbers of the kernel's, never text for another program. */
const isIdentity = pattern(/^\d{1,20}@\d{1,20}$/);
const isPlaceholder = pattern(/^\d{1,20}:\d{1,20}$/);
const isPath = text((path) => path.length <= 4096 && !/[\0\n]/.test(path));

const NAMESPACE: Fields<NamespaceObject> = {
  kind: (kind) => kind === 'namespace',
  name: text(isName),
  created: isSwitch,
  identity: isNullOr(isIdentity),
  placeholder: (value) => value === undefined || value === null || isPlaceholder(value),
};

const DEVICE: Fields<DeviceObject> = {
  kind: (kind) => kind === 'device',
  name: text(isDeviceName),
  namespace: isNullOr(text(isName)),
  host: text(isName),
  link: text(isName),
  persistent: isSwitch,
  created: isSwitch,
  index: isNullOr(isWhole(1)),
  addresses: isListOf(text((address) => readAddress(address) !== undefined)),
  routes: isListOf(text((route) => readRoute(route) !== undefined)),
};

const STATE: Fields<InstanceState> = {
  format: (format) => format === 1,
  name: text(isName),
  pid: isWhole(1),
  startTime: isWhole(0),
  bootId: pattern(/^[A-Za-z0-9-]{1,64}$/),
  stopped: isSwitch,
  socket: pattern(/^\/[^\0\n]{0,4095}$/),
  file: isNullOr(isPath),
  version: pattern(/^[\w.+-]{1,64}$/),
  rootless: isSwitch,
  ownNamespace: pattern(/^net:\[\d{1,20}\]$/),
  objects: isListOf((object) => {
    const { kind } = (object ?? {}) as { readonly kind?: unknown };
    return (kind === 'namespace' ? faultIn(object, NAMESPACE) : faultIn(object, DEVICE)) ?? true;
  }),
};
