import { afterAll, expect, it } from 'vitest';
import { LabLoop } from '../../src/lab/loop.js';
import { EventStream } from '../../src/observe/event-stream.js';
import { capturesOf } from '../../src/runtime/services/capture.js';
import { showerOf } from '../../src/runtime/services/show.js';
import { Arena } from '../../src/tun/arena.js';
import { configured } from '../support/configured.js';

const LAB = `
links: { red: {} }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`;

const loop = new LabLoop(configured(LAB), new Arena(), new EventStream());
afterAll(() => loop.close());

const show = showerOf({
  configFile: undefined,
  loop,
  captures: capturesOf(loop),
  changes: [],
  warnings: [],
});

it.each(['x', '1.2.3.0/33', '\u001b', '', '198.51.100.1/24'])(
  'refuses %j as a prefix at once, before the first row is asked for',
  (prefix) => {
    expect(() => show.answer('routes', prefix)).toThrow(expect.objectContaining({ exitCode: 2 }));
  },
);
