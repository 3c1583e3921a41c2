import { expect, it } from 'vitest';
import { describeConfiguration } from '../../src/config/describe.js';
import { readConfiguration } from '../../src/config/read.js';

const read = (http: string) =>
  readConfiguration(
    `version: 1
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
http: ${http}
`,
    'lab.yaml',
  );

it('serves this machine without a token, and others only with one', () => {
  for (const http of ['{ listen: "127.0.0.1:9476" }', '{ listen: "192.0.2.1:80", token: secret }'])
    expect(read(http).problems).toEqual([]);
  expect(read('{ listen: "0.0.0.0:9476" }').problems).toMatchObject([
    {
      line: 5,
      column: 17,
      code: 'E-RANGE',
      path: 'http.listen',
      fix: 'write `"127.0.0.1:9476"`, or add `token:` with a secret',
    },
  ]);
});

it('shows its token to nobody', () => {
  const { configuration } = read('{ listen: "192.0.2.1:80", token: secret }');
  expect(configuration?.http?.token).toBe('secret');
  expect(JSON.stringify(describeConfiguration(configuration!))).not.toContain('secret');
});
