/** The namespace of somebody else that a lab may use, and the device there that it may take over. */
export const SHARED = 'shared';
export const LENT = 'lent0';

/** How many namespaces are made at once; a lab with more needs a second batch. */
const A_BATCH = 64;

const LINKS = { red: '198.51.100', blue: '203.0.113' };

/**
 * Another configuration of the same lab: hosts that are new, gone, or otherwise than before, as the text of its file.
 */
export const changedLab = (dice, lab) => {
  const other = randomLab(dice, lab.name);
  const kept = dice.chance(0.2) ? [] : lab.hosts.filter(() => dice.chance(0.7));
  const names = new Set(kept.map(({ host }) => host));
  const taken = new Set(kept.map(({ kind }) => kind).filter((kind) => kind === 'shared' || kind === 'self'));
  const hosts = [...kept, ...other.hosts.filter(({ host, kind }) => !names.has(host) && !taken.has(kind))];
  const devices = hosts.flatMap(({ host }) =>
    (names.has(host) ? lab : other).devices.filter((each) => each.host === host),
  );
  const mtu = dice.oneOf([1500, 1400, 576]);
  return textOf(lab.name, hosts, devices).replace('red: {}', `red: { mtu: ${mtu} }`);
};

/**
 * A lab of a random size and shape, as the text of its file and what it makes.
 *
 * Its namespaces are its own, somebody's that it may use, one that is called otherwise than its host, or the one that
 * the program runs in; its devices end with it or last, and have names of their own or the usual ones.
 */
export const randomLab = (dice, name) => {
  const count = dice.chance(0.06) ? A_BATCH + 1 + dice.below(8) : 1 + dice.below(5);
  const kinds = ['own', 'own', 'own', 'renamed', 'shared', 'self'];
  const hosts = [];
  const devices = [];
  for (let i = 0; i < count; i++) {
    const host = `h${i}`;
    const wanted = dice.oneOf(kinds);
    // Two hosts in one namespace would have two ways to one subnet.
    const isTaken = (wanted === 'shared' || wanted === 'self') && hosts.some(({ kind }) => kind === wanted);
    const kind = isTaken ? 'own' : wanted;
    const namespace = { own: host, renamed: `${name}-${host}`, shared: SHARED, self: 'self' }[kind];
    const links = dice.chance(0.25) ? ['red', 'blue'] : [dice.oneOf(['red', 'blue'])];
    for (const [at, link] of links.entries()) {
      const lends = kind === 'shared' && at === 0 && dice.chance(0.5);
      const named = lends ? LENT : dice.chance(0.3) ? `${name}d${i}${link}` : undefined;
      const persistent = lends || dice.chance(0.3);
      const address = `${LINKS[link]}.${10 + i}/24`;
      const routes = at === 0 && kind !== 'self' && dice.chance(0.7);
      devices.push({
        host,
        namespace,
        kind,
        link,
        device: named ?? `tp-${host}-${link}`,
        named,
        persistent,
        address,
        routes,
      });
    }
    hosts.push({ host, namespace, kind });
  }
  return { name, hosts, devices, text: textOf(name, hosts, devices) };
};

const textOf = (name, hosts, devices) => {
  const interfaceOf = ({ link, address, routes, named, persistent }) =>
    `      ${link}: { address: ${address}, persistent: ${persistent}${routes ? ', routes: [default]' : ''}${named === undefined ? '' : `, device: ${named}`} }`;
  return [
    'version: 1',
    `name: ${name}`,
    'links: { red: {}, blue: {} }',
    'hosts:',
    ...hosts.flatMap(({ host, namespace }) => [
      `  ${host}:`,
      `    namespace: ${namespace}`,
      '    interfaces:',
      ...devices.filter((each) => each.host === host).map(interfaceOf),
    ]),
    'routers:',
    `  r1: { interfaces: { red: { address: ${LINKS.red}.1/24 }, blue: { address: ${LINKS.blue}.1/24 } } }`,
    '',
  ].join('\n');
};
