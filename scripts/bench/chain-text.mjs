/** The addresses of both ends of the link behind so many of the routers of a chain. */
export const endsOf = (at, routers) => {
  if (at === 0) return ['198.51.100.10', '198.51.100.1'];
  return at === routers ? ['203.0.113.1', '203.0.113.10'] : [`10.0.${at}.1`, `10.0.${at}.2`];
};

/** So many routers in a row between two hosts, under names that no other lab has. */
export const chainText = (alice, bob, name, routers) => {
  const links = Array.from({ length: routers + 1 }, (_, at) => `l${at}`);
  const router = (at) => {
    const routes = [
      ...(at < routers - 1 ? [`{ to: 203.0.113.0/24, via: ${endsOf(at + 1, routers)[1]} }`] : []),
      ...(at > 0 ? [`{ to: 198.51.100.0/24, via: ${endsOf(at, routers)[0]} }`] : []),
    ];
    const [left, right] = [endsOf(at, routers)[1], endsOf(at + 1, routers)[0]];
    const interfaces = `l${at}: { address: ${left}/24 }, l${at + 1}: { address: ${right}/24 }`;
    return `  r${at + 1}: { interfaces: { ${interfaces} }, routes: [${routes.join(', ')}] }`;
  };
  return `
version: 1
name: ${name}
links: { ${links.map((each) => `${each}: {}`).join(', ')} }
hosts:
  ${alice}: { interfaces: { l0: { address: 198.51.100.10/24, routes: [default], device: ${name}-r } } }
  ${bob}: { interfaces: { l${routers}: { address: 203.0.113.10/24, routes: [default], device: ${name}-b } } }
routers:
${Array.from({ length: routers }, (_, at) => router(at)).join('\n')}
`;
};
