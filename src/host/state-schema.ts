import { z } from 'zod';
import { isDeviceName, isName } from '../name.js';
import { readAddress, readRoute } from './route-text.js';

/** What proves something: numbers of the kernel's, never text for another program. */
const identity = z.string().regex(/^\d{1,20}@\d{1,20}$/);
const placeholder = z.string().regex(/^\d{1,20}:\d{1,20}$/);
const name = z.string().refine(isName);
const path = z
  .string()
  .max(4096)
  .regex(/^[^\0]*$/);

const namespaceObject = z.object({
  kind: z.literal('namespace'),
  name,
  /** False: it was there before, and is not removed. */
  created: z.boolean(),
  /** As `namespaceIdentity` gives it; null where nothing proves it. */
  identity: identity.nullable(),
  /** Of the file that had the name before the namespace was found there. */
  placeholder: placeholder.nullable().optional(),
});

const deviceObject = z.object({
  kind: z.literal('device'),
  name: z.string().refine(isDeviceName),
  /** Null: the namespace in which the program ran. */
  namespace: name.nullable(),
  host: name,
  link: name,
  persistent: z.boolean(),
  /** False: it was there before, and is not removed. */
  created: z.boolean(),
  /** The kernel's interface index; null while it is only intended. */
  index: z.int().positive().nullable(),
  /** What we put on it: `198.51.100.10/24`, `default via 198.51.100.1 dev tp-red`. */
  addresses: z.array(z.string().refine((text) => readAddress(text) !== undefined)),
  routes: z.array(z.string().refine((text) => readRoute(text) !== undefined)),
});

export const stateSchema = z.object({
  format: z.literal(1),
  name,
  pid: z.int().positive(),
  startTime: z.int().nonnegative(),
  bootId: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  /** Whether it ended by itself and left only what is persistent. */
  stopped: z.boolean(),
  socket: path.regex(/^\//),
  /** The configuration's path; null where there is no file. */
  file: path.nullable(),
  version: z.string().regex(/^[\w.+-]{1,64}$/),
  /** Its namespaces are in a user and a mount namespace of their own, which end with the process. */
  rootless: z.boolean(),
  /** The network namespace that `null` means in `objects`. */
  ownNamespace: z.string().regex(/^net:\[\d{1,20}\]$/),
  objects: z.array(z.discriminatedUnion('kind', [namespaceObject, deviceObject])),
});

/** What one instance is, and which host objects are its own, with the proof. */
export type InstanceState = Readonly<z.infer<typeof stateSchema>>;
export type NamespaceObject = Readonly<z.infer<typeof namespaceObject>>;
export type DeviceObject = Readonly<z.infer<typeof deviceObject>>;
export type HostObject = NamespaceObject | DeviceObject;
