import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { z } from 'zod';
import { DEFAULT_PREFIX, type Prefix, prefixOf } from '../address.js';
import { ipJson } from './ip-command.js';
import type { NamespaceName } from './plan.js';

/** Where iproute2 keeps the namespaces that have names. */
const NAMESPACES = '/run/netns';

/** What stands in one network namespace, read once. */
export interface NamespaceSurvey {
  readonly devices: readonly DeviceSurvey[];
  readonly routes: readonly RouteSurvey[];
}

export interface DeviceSurvey {
  readonly name: string;
  /** Never given twice while a namespace lives. */
  readonly index: number;
  readonly mtu: number;
  readonly up: boolean;
  /** Somebody holds its other end; known only while it is up. */
  readonly attached: boolean;
  /** Not undefined for a TUN device only. */
  readonly tun: { readonly persistent: boolean } | undefined;
  /** IPv4 addresses with their lengths: `198.51.100.10/24`. */
  readonly addresses: readonly string[];
}

/** One route of the main table. */
export interface RouteSurvey {
  readonly to: Prefix;
  readonly via: string | undefined;
  readonly device: string | undefined;
  readonly metric: number;
}

/** The file that stands for a namespace. */
export const namespaceFile = (namespace: string): string => `${NAMESPACES}/${namespace}`;

/**
 * What tells a namespace from every other that had or will have its name; undefined where there is none.
 *
 * The kernel gives the number of a removed namespace to the next one, so the time at which it got its file
 * belongs to it. It holds until the name is removed.
 */
export function namespaceIdentity(namespace: NamespaceName): string | undefined {
  try {
    if (namespace === undefined) return readlinkSync('/proc/self/ns/net');
    const { ino, ctimeNs } = statSync(namespaceFile(namespace), { bigint: true });
    return `${ino}@${ctimeNs}`;
  } catch {
    return undefined;
  }
}

/** The processes in a namespace, by their ids; those that we may not look at are not among them. */
export function processesIn(namespace: string): readonly number[] {
  const identity = namespaceIdentity(namespace);
  if (identity === undefined) return [];
  const wanted = `net:[${identity.slice(0, identity.indexOf('@'))}]`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return readlinkSync(`/proc/${entry}/ns/net`) === wanted;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Reads what stands in a namespace, which must exist. */
export async function surveyNamespace(namespace: NamespaceName): Promise<NamespaceSurvey> {
  const [links, routes] = await Promise.all([
    ipJson(['-d', 'address', 'show'], namespace),
    ipJson(['-4', 'route', 'show'], namespace),
  ]);
  return {
    devices: listSchema(linkSchema, links).map(deviceSurvey),
    routes: listSchema(routeSchema, routes).map(routeSurvey),
  };
}

/** The elements of a list that have the shape; `ip` prints empty objects for what it filters out. */
function listSchema<Shape extends z.ZodType>(shape: Shape, list: unknown): z.infer<Shape>[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((element) => {
    const parsed = shape.safeParse(element);
    return parsed.success ? [parsed.data] : [];
  });
}

const linkSchema = z.object({
  ifname: z.string(),
  ifindex: z.number(),
  mtu: z.number(),
  flags: z.array(z.string()),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_data: z.object({ type: z.string().optional(), persist: z.boolean().optional() }).optional(),
    })
    .optional(),
  addr_info: z
    .array(z.object({ family: z.string(), local: z.string().optional(), prefixlen: z.number().optional() }))
    .default([]),
});

const routeSchema = z.object({
  dst: z.string(),
  gateway: z.string().optional(),
  dev: z.string().optional(),
  metric: z.number().default(0),
});

function deviceSurvey(link: z.infer<typeof linkSchema>): DeviceSurvey {
  const data = link.linkinfo?.info_data;
  return {
    name: link.ifname,
    index: link.ifindex,
    mtu: link.mtu,
    up: link.flags.includes('UP'),
    attached: link.flags.includes('LOWER_UP'),
    tun:
      link.linkinfo?.info_kind === 'tun' && data?.type === 'tun'
        ? { persistent: data.persist === true }
        : undefined,
    addresses: link.addr_info
      .filter(({ family, local }) => family === 'inet' && local !== undefined)
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  };
}

const routeSurvey = (route: z.infer<typeof routeSchema>): RouteSurvey => ({
  to: parsePrefix(route.dst),
  via: route.gateway,
  device: route.dev,
  metric: route.metric,
});

/** A prefix as iproute2 writes it: `default`, `192.0.2.0/24`, or an address alone for /32. */
function parsePrefix(text: string): Prefix {
  if (text === 'default') return DEFAULT_PREFIX;
  const [network = '', length = '32'] = text.split('/');
  const address = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return prefixOf(address, Number(length));
}
