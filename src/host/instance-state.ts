import { isDeviceName, isName } from '../name.js';
import { readAddress, readRoute } from './route-text.js';

/** Where an instance is on its way; from its start to `running` it does not answer, nor from `stopping` to its end. */
export const PHASES = ['starting', 'running', 'stopping'] as const;
export type Phase = (typeof PHASES)[number];

/** What one instance is, and which host objects are its own, with the proof. */
export interface InstanceState {
  readonly format: 1;
  readonly name: string;
  readonly pid: number;
  readonly startTime: number;
  readonly bootId: string;
  /** Whether it ended by itself and left only what is persistent. */
  readonly stopped: boolean;
  /** Undefined of an instance of an earlier version. */
  readonly phase?: Phase | undefined;
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
  /** How it was found, where it was there before: it is to be like that again. */
  readonly before?: DeviceSettings | undefined;
  /** What we put on it: `198.51.100.10/24`, `default via 198.51.100.1 dev tp-red`. */
  readonly addresses: string[];
  readonly routes: string[];
}

/** What is set on a device that is used. */
export interface DeviceSettings {
  readonly up: boolean;
  /** In octets. */
  readonly mtu: number;
  /** In datagrams. */
  readonly queueLength: number;
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

/** Nothing that is no more than text becomes text for another program. */
const isText =
  (isMeant: (text: string) => boolean): Is<string> =>
  (value): value is string =>
    typeof value === 'string' && isMeant(value);
const isLike = (pattern: RegExp): Is<string> => isText((text) => pattern.test(text));
const isPath = isLike(/^[^\0]{0,4096}$/);
const isCount: Is<number> = (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isPositive: Is<number> = (value): value is number => isCount(value) && value > 0;
const isSwitch: Is<boolean> = (value) => typeof value === 'boolean';
const isExactly =
  <Value>(wanted: Value): Is<Value> =>
  (value): value is Value =>
    value === wanted;
const isNullOr =
  <Value>(is: Is<Value>): Is<Value | null> =>
  (value): value is Value | null =>
    value === null || is(value);
const isMissingOr =
  <Value>(is: Is<Value>): Is<Value | undefined> =>
  (value): value is Value | undefined =>
    value === undefined || is(value);
const isListOf =
  <Value>(is: Is<Value>): Is<Value[]> =>
  (value): value is Value[] =>
    Array.isArray(value) && value.every(is);

const isNamespaceObject = isRecord<NamespaceObject>({
  kind: isExactly('namespace'),
  name: isText(isName),
  created: isSwitch,
  identity: isNullOr(isLike(/^\d{1,20}@\d{1,20}$/)),
  placeholder: isMissingOr(isNullOr(isLike(/^\d{1,20}:\d{1,20}$/))),
});

const isDeviceSettings = isRecord<DeviceSettings>({ up: isSwitch, mtu: isCount, queueLength: isCount });

const isDeviceObject = isRecord<DeviceObject>({
  kind: isExactly('device'),
  name: isText(isDeviceName),
  namespace: isNullOr(isText(isName)),
  host: isText(isName),
  link: isText(isName),
  persistent: isSwitch,
  created: isSwitch,
  index: isNullOr(isPositive),
  before: isMissingOr(isDeviceSettings),
  addresses: isListOf(isText((text) => readAddress(text) !== undefined)),
  routes: isListOf(isText((text) => readRoute(text) !== undefined)),
});

/** Whether a value has the shape of what we write, in all of its parts. */
export const isState = isRecord<InstanceState>({
  format: isExactly(1),
  name: isText(isName),
  pid: isPositive,
  startTime: isCount,
  bootId: isLike(/^[A-Za-z0-9-]{1,64}$/),
  stopped: isSwitch,
  phase: isMissingOr((value): value is Phase => PHASES.some((phase) => phase === value)),
  socket: isText((text) => text.startsWith('/') && isPath(text)),
  readOnlySocket: (value): value is string | undefined =>
    value === undefined || isText((text) => text.startsWith('/') && isPath(text))(value),
  file: isNullOr(isPath),
  version: isLike(/^[\w.+-]{1,64}$/),
  rootless: isSwitch,
  ownNamespace: isLike(/^net:\[\d{1,20}\]$/),
  objects: isListOf((value): value is HostObject => isNamespaceObject(value) || isDeviceObject(value)),
});
