/** What a lab calls its parts. */
export interface LabNames {
  readonly hosts: readonly string[];
  readonly routers: readonly string[];
  /** Of routers: `r1.red`. */
  readonly interfaces: readonly string[];
  readonly links: readonly string[];
  /** Those of the file. */
  readonly filters: readonly string[];
}

/** The parts of a described configuration that have names. */
interface Described {
  readonly links?: Readonly<Record<string, unknown>>;
  readonly hosts?: Readonly<Record<string, unknown>>;
  readonly routers?: Readonly<Record<string, DescribedRouter>>;
}

interface DescribedRouter {
  readonly interfaces?: Readonly<Record<string, unknown>>;
  readonly filters?: readonly { readonly name?: string }[];
}

/** The names in what `show config` gives. */
export const namesIn = ({ links = {}, hosts = {}, routers = {} }: Described): LabNames => ({
  hosts: Object.keys(hosts),
  routers: Object.keys(routers),
  interfaces: Object.entries(routers).flatMap(([router, { interfaces = {} }]) =>
    Object.keys(interfaces).map((link) => `${router}.${link}`),
  ),
  links: Object.keys(links),
  filters: Object.values(routers).flatMap(({ filters = [] }) => filters.flatMap(({ name }) => name ?? [])),
});
