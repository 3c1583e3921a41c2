import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../src/config/json-schema.js';
import { CAPTURE_KEYS } from '../../src/config/keys/capture.js';
import { CONTROL_KEYS } from '../../src/config/keys/file.js';
import { HOST_INTERFACE_KEYS } from '../../src/config/keys/host.js';
import { LINK_KEYS } from '../../src/config/keys/link.js';
import { INTERFACE_KEYS, NEXT_HOP_KEYS, ROUTE_KEYS } from '../../src/config/keys/router.js';
import { SCHEDULE_KEYS } from '../../src/config/keys/schedule.js';

const FILE = join(import.meta.dirname, 'schema.json');

it('the JSON Schema is schema.json; `TUNPIKE_GOLDEN=1` writes it again', () => {
  if (process.env.TUNPIKE_GOLDEN !== undefined) writeFileSync(FILE, JSON.stringify(jsonSchema(), null, 2));
  expect(JSON.parse(JSON.stringify(jsonSchema()))).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
});

describe('what a key may be, and what it is where nothing is said', () => {
  it('is for a capture and a schedule', () => {
    expect([CAPTURE_KEYS.keep.range, CAPTURE_KEYS.snaplen.range, SCHEDULE_KEYS.times.range]).toEqual([
      { least: 1, most: 1000 },
      { least: 20, most: 65_535 },
      { least: 1, most: 1_000_000_000 },
    ]);
    const { name, file, interface: where, match } = CAPTURE_KEYS;
    expect([file.range, where.range, match.range, SCHEDULE_KEYS.do.range]).toEqual(
      [4096, 130, 1000, 1000].map((most) => ({ least: 1, most })),
    );
    expect([name.isRequired, file.isRequired]).toEqual([true, true]);
  });

  it('is for the control socket, links and interfaces', () => {
    expect([CONTROL_KEYS.mode.default, CONTROL_KEYS.group.range]).toEqual([0o660, { least: 1, most: 32 }]);
    expect([LINK_KEYS.mtu.default, LINK_KEYS.gateway.note]).toEqual([1500, true]);
    expect([INTERFACE_KEYS.forwarding.default, HOST_INTERFACE_KEYS.persistent.default]).toEqual([
      true,
      false,
    ]);
    for (const { address } of [INTERFACE_KEYS, HOST_INTERFACE_KEYS])
      expect(address.range).toEqual({ least: 1, most: 256 });
  });

  it('is for routes', () => {
    expect([NEXT_HOP_KEYS.weight.range, NEXT_HOP_KEYS.weight.default]).toEqual([{ least: 1, most: 256 }, 1]);
    expect([ROUTE_KEYS.metric.range, ROUTE_KEYS.metric.default]).toEqual([{ least: 0, most: 0xffffffff }, 0]);
    expect([ROUTE_KEYS.tos.range, ROUTE_KEYS.nexthops.range, ROUTE_KEYS.file.range]).toEqual([
      { least: 0, most: 255 },
      { least: 1, most: 64 },
      { least: 1, most: 4096 },
    ]);
  });
});
