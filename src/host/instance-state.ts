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
  /** A second socket, which only reads; undefined where there is none. */
  readonly readOnlySocket?: string | undefined;
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
  /** As `namespaceIdentity` gives it; null while it is only intended. */
  readonly identity: string | null;
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
  /** What we put on it, as `ip` reads it. */
  readonly addresses: string[];
  readonly routes: string[];
}

export type HostObject = NamespaceObject | DeviceObject;

/** Reads what a state file holds; undefined where it is anything else. */
export const parseState = (text: string): InstanceState | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isState(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

type Is<Value> = (value: unknown) => value is Value;

/** A check for each field: one that is forgotten does not compile. */
const isRecord =
  <Shape extends object>(fields: { readonly [Name in keyof Shape]-?: Is<Shape[Name]> }): Is<Shape> =>
  (value): value is Shape =>
    typeof value === 'object' &&
    value !== null &&
    (Object.keys(fields) as (keyof Shape)[]).every((name) => fields[name]((value as Shape)[name]));

const isText: Is<string> = (value) => typeof value === 'string';
const isNumber: Is<number> = (value) => typeof value === 'number';
const isProcessId: Is<number> = (value): value is number => Number.isInteger(value) && Number(value) > 0;
const isSwitch: Is<boolean> = (value) => typeof value === 'boolean';
const isExactly =
  <Value>(wanted: Value): Is<Value> =>
  (value): value is Value =>
    value === wanted;
const isNullOr =
  <Value>(is: Is<Value>): Is<Value | null> =>
  (value): value is Value | null =>
    value === null || is(value);
const isListOf =
  <Value>(is: Is<Value>): Is<Value[]> =>
  (value): value is Value[] =>
    Array.isArray(value) && value.every(is);

const isNamespaceObject = isRecord<NamespaceObject>({
  kind: isExactly('namespace'),
  name: isText,
  created: isSwitch,
  identity: isNullOr(isText),
});

const isDeviceObject = isRecord<DeviceObject>({
  kind: isExactly('device'),
  name: isText,
  namespace: isNullOr(isText),
  host: isText,
  link: isText,
  persistent: isSwitch,
  created: isSwitch,
  index: isNullOr(isNumber),
  addresses: isListOf(isText),
  routes: isListOf(isText),
});

const isState = isRecord<InstanceState>({
  format: isExactly(1),
  name: isText,
  pid: isProcessId,
  startTime: isNumber,
  bootId: isText,
  stopped: isSwitch,
  socket: isText,
  readOnlySocket: (value): value is string | undefined => value === undefined || isText(value),
  file: isNullOr(isText),
  version: isText,
  rootless: isSwitch,
  ownNamespace: isText,
  objects: isListOf((value): value is HostObject => isNamespaceObject(value) || isDeviceObject(value)),
});
