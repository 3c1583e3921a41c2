/** One host and one router. */
export const ONE_LINK = `
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`;

/** A router between alice and bob; `own` are what a test gives its router and bob's link. */
export const twoLinks = (own: { readonly blue?: string; readonly router?: string } = {}): string => `
links: { red: {}, blue: ${own.blue ?? '{}'} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
${own.router ?? ''}`;

export const TWO_LINKS = twoLinks();

/** The same where bob's link takes 1400 octets. */
export const TWO_LINKS_ONE_NARROW = twoLinks({ blue: '{ mtu: 1400 }' });

/** For a router that is asked for more errors at once than it would send to one host. */
export const GENEROUS_RATE_LIMIT =
  'rate-limit: { per-second: 1000, burst: 1000, per-destination: { per-second: 1000, burst: 1000 } }';
