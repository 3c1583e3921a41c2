import { readConfiguration } from '../../../src/config/read.js';
import { PARAMETERS } from '../../../src/control/parameters.js';
import { Failure } from '../../../src/failure.js';
import type { Target } from '../target.js';
import { insist } from '../visit.js';

const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const SMALLEST = `version: 1
links: { red: {} }
hosts:
  alice: { interfaces: { red: { address: 192.0.2.10/24, routes: [default] } } }
routers:
  r1: { interfaces: { red: { address: 192.0.2.1/24 } }, routes: [{ to: default, via: 192.0.2.10 }] }
`;

const WORDS = [
  'version: 1', 'links:', 'hosts:', 'routers:', 'interfaces:', 'address:', 'routes:', 'default', 'via:', 'to:',
  'mtu: 68', 'gateway: r1', 'icmp:', 'ip:', 'options:', 'rate-limit:', 'per-second: 0', 'nexthops: []',
  'type: blackhole', 'metric: -1', 'tos: 0x10', 'loopback: 10.0.0.1/32', 'extensions: [incoming]', 'log:',
  'control:', 'mode: "0660"', '&a', '*a', '!!str', '!!binary', '<<: *a', '- ', '? ', '{', '}', '[', ']', '~', '"',
  '\n  ', '\t', '%YAML 1.1', '---\n', '...', '__proto__:', 'constructor', 'null', '.nan', '.inf', '1e999', '0o7',
]; // biome-ignore format: words

/** The configuration reader: whatever the text, a configuration or errors that point into it. */
export const file: Target = {
  name: 'file',
  run: (octets) => {
    const text = new TextDecoder().decode(octets);
    const { configuration, problems } = readConfiguration(text, 'lab.yaml');
    const errors = problems.filter(({ severity }) => severity === 'error');
    insist((configuration === undefined) === errors.length > 0, 'a configuration, or errors', octets);
    const lines = text.split(/\r\n|\r|\n/).length;
    for (const { line, column, message, fix } of problems) {
      insist(line >= 1 && line <= lines && column >= 1, `line ${line}, column ${column} of ${lines}`, octets);
      insist(message !== '' && fix !== '', 'a problem says what is wrong', octets);
    }
    JSON.stringify(problems);
  },
  seeds: [SMALLEST, 'a: &a [*a]', '<<: {a: 1}', '"\\u0000": {}', 'version: 1\n---\nversion: 1'].map(octetsOf),
  longest: 600,
  words: WORDS.map(octetsOf),
};

/** The parameters of a request on the control socket: read, or refused with words. */
export const request: Target = {
  name: 'request',
  run: (octets) => {
    let sent: unknown;
    try {
      sent = JSON.parse(new TextDecoder().decode(octets));
    } catch {
      return;
    }
    for (const read of Object.values(PARAMETERS)) {
      try {
        read(sent);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    }
  },
  seeds: [
    '{"what":"status"}',
    '{"destination":"192.0.2.1","identifier":1,"sequence":1,"length":56,"ttl":64,"tos":0,"isDontFragment":false,"hasRecordRoute":true,"timeoutMs":1000}',
    '[]',
    'null',
  ].map(octetsOf),
  longest: 300,
  words: [
    '{',
    '}',
    '[',
    ']',
    '"what":',
    'null',
    'true',
    '1e999',
    '-0',
    '"__proto__":',
    '"toString"',
    ',',
  ].map(octetsOf),
};
