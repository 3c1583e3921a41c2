import { Failure } from '../failure.js';
import type { Configuration } from './configuration.js';
import { readConfiguration } from './read.js';

const FORM = 'DEVICE=ROUTER_CIDR,host=HOST_CIDR';
const ROUTER = 'r1';
const EXAMPLE = '--tun tun0=198.51.100.1/24,host=198.51.100.10/24';

interface TunFlag {
  readonly flag: string;
  readonly device: string;
  readonly router: string;
  readonly host: string;
}

/**
 * A lab without a file: one router `r1`, and for each `--tun` a link and a host, both named after the device.
 *
 * A single device is put into the namespace in which tunpike runs, without further routes. With several, each
 * gets its own namespace, named after it, with a default route: two host addresses in one namespace would
 * reach each other without the router. A mistake is a `Failure` (2) that names the flags.
 */
export const configurationFromTunFlags = (flags: readonly string[]): Configuration => {
  const parsed = flags.map(parseFlag);
  for (const [at, { flag, device }] of parsed.entries()) {
    if (device === ROUTER)
      throw new Failure(
        2,
        `--tun ${flag}: \`${ROUTER}\` is the name of the router`,
        'choose another device name',
      );
    if (parsed.findIndex((each) => each.device === device) !== at)
      throw new Failure(
        2,
        `--tun ${flag}: the device \`${device}\` is used twice`,
        'give each device its own name',
      );
  }
  // Written as a file so that its checks apply: three blocks with one line for each flag.
  const isAlone = parsed.length === 1;
  const blocks = [
    parsed.map(({ device }) => `${quoted(device)}: {}`),
    parsed.map(
      ({ device, host }) =>
        `${quoted(device)}: { ${isAlone ? 'namespace: self, ' : ''}interfaces: { ${quoted(device)}: ` +
        `{ address: ${quoted(host)}, device: ${quoted(device)}, routes: [${isAlone ? '' : 'default'}] } } }`,
    ),
    parsed.map(({ device, router }) => `${quoted(device)}: { address: ${quoted(router)} }`),
  ];
  const [links = [], hosts = [], interfaces = []] = blocks.map((lines) => lines.map((line) => `${line},\n`));
  const text =
    `{ version: 1, name: tunpike, links: {\n${links.join('')}}, hosts: {\n${hosts.join('')}},` +
    `routers: { ${ROUTER}: { interfaces: {\n${interfaces.join('')}} } } }\n`;
  const { configuration, problems } = readConfiguration(text, 'tun');
  if (configuration !== undefined) return configuration;

  const messages = problems.map(({ line, message, fix }) => {
    const flag = parsed[(line - 2) % (parsed.length + 1)]?.flag ?? FORM;
    return { message: `--tun ${flag}: ${message}`, fix };
  });
  throw new Failure(
    2,
    [...new Set(messages.map(({ message }) => message))].join('\n'),
    [...new Set(messages.map(({ fix }) => fix))].join('\n'),
  );
};

const parseFlag = (flag: string): TunFlag => {
  const match = /^([^=,]+)=([^=,]+),host=([^=,]+)$/.exec(flag);
  if (match === null) throw new Failure(2, `--tun ${flag}: expected ${FORM}`, `for example ${EXAMPLE}`);
  return { flag, device: match[1]!, router: match[2]!, host: match[3]! };
};

/** As JSON, which YAML contains. */
const quoted = (text: string): string => JSON.stringify(text);
