import { expect, it } from 'vitest';
import { exposition } from '../../src/http/exposition.js';
import { metricsOf } from '../../src/http/metrics.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { configured } from '../support/configured.js';
import { parsePrometheus } from '../support/prometheus.js';

it('writes metrics a sample at a time, with what must be escaped', () => {
  const pieces = [
    ...exposition([
      { name: 'a_total', type: 'counter', help: 'All.', samples: () => [[{ of: 'x"\\\n', at: 'y' }, 2]] },
      { name: 'b', type: 'gauge', help: 'None.', samples: () => [] },
      { name: 'c', type: 'gauge', help: 'One.', samples: () => [[{}, 0.25]] },
    ]),
  ];
  expect(pieces.length).toBe(5);
  const text = `${pieces.join('')}\n`;
  expect(text.split('\n')[2]).toBe('a_total{of="x\\"\\\\\\n",at="y"} 2');
  expect(parsePrometheus(text)).toEqual([
    { name: 'a_total', labels: { of: 'x"\\\n', at: 'y' }, value: 2 },
    { name: 'c', labels: {}, value: 0.25 },
  ]);
});

it('has no long piece where there are many routers', async () => {
  const routers = Array.from(
    { length: 100 },
    (_, at) => `  r${at}: { interfaces: { red: { address: 10.0.0.${at + 1}/24 } } }`,
  );
  const { lab, now } = new VirtualLab(configured(`links: { red: {} }\nrouters:\n${routers.join('\n')}`));
  const metrics = metricsOf({ lab, version: '1', now: () => now, isLastReloadSuccessful: () => true });
  const pieces = [...exposition(await metrics())];
  expect(pieces.length).toBeGreaterThan(1000);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300);
  expect(parsePrometheus(`${pieces.join('')}\n`).length).toBeGreaterThan(1000);
});
