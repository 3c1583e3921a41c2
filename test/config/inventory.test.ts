import { expect, it } from 'vitest';
import { inventoryOf } from '../../src/config/inventory.js';
import { configured } from '../support/configured.js';

it('counts routers, links and hosts, one of them as one', () => {
  expect(inventoryOf(configured('links: {}'))).toBe('0 routers, 0 links, 0 hosts');
  const host = 'interfaces: { red: { address: 10.0.0.2/24 } }';
  expect(inventoryOf(configured(`links: { red: {}, blue: {} }\nhosts: { a: { ${host} } }`))).toBe(
    '0 routers, 2 links, 1 host',
  );
  expect(inventoryOf(configured('links: { red: {} }\nrouters: { r: { interfaces: {} } }'))).toBe(
    '1 router, 1 link, 0 hosts',
  );
});
