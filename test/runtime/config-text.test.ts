import { expect, it } from 'vitest';
import { describeConfiguration } from '../../src/config/describe.js';
import { summaryOf } from '../../src/config/difference.js';
import { Reload } from '../../src/runtime/reload.js';
import { configurationText, summaryText } from '../../src/runtime/services/config-text.js';
import { configured } from '../support/configured.js';

const LARGE = configured(`
links:
  core: { delay: 3ms, from: { r1: { loss: 1% } } }
${Array.from({ length: 60 }, (_, at) => `  l${at}: {}`).join('\n')}
hosts:
${Array.from({ length: 60 }, (_, at) => `  h${at}: { interfaces: { l${at}: { address: 10.1.${at}.10/24, routes: [default] } } }`).join('\n')}
routers:
${Array.from({ length: 60 }, (_, at) => `  r${at}: { interfaces: { core: { address: 10.2.0.${at + 1}/24 }, l${at}: { address: 10.1.${at}.1/24 } } }`).join('\n')}
  many:
    interfaces:
      core:
        address: 10.2.0.200/24
        igmp:
          join-groups: [${Array.from({ length: 200 }, (_, at) => `{ group: 239.1.1.${at} }`).join(', ')}]
          static-groups: [${Array.from({ length: 200 }, (_, at) => `{ group: 239.2.${at}.0/24 }`).join(', ')}]
    routes:
${Array.from({ length: 500 }, (_, at) => `      - { to: 20.0.${at >> 8}.${at & 255}/32, via: 10.2.0.1 }`).join('\n')}
    filters:
${Array.from({ length: 500 }, (_, at) => `      - { name: f${at}, in: core, action: drop }`).join('\n')}
schedule: [{ at: 5s, do: link down core }]
`);
/** No piece is longer than what is said of one router. */
const LONGEST = 4000;

const piecesOf = (text: Iterator<string | undefined>): string[] => {
  const pieces: string[] = [];
  for (let next = text.next(); next.done !== true; next = text.next()) pieces.push(next.value ?? '');
  return pieces;
};

it('says a configuration in small pieces, the same as at once', () => {
  const pieces = piecesOf(configurationText(LARGE));
  expect(JSON.parse(pieces.join(''))).toEqual(JSON.parse(JSON.stringify(describeConfiguration(LARGE))));
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(LONGEST);
  const bare = configured('links: {}');
  expect(JSON.parse([...configurationText(bare)].join(''))).toEqual(
    JSON.parse(JSON.stringify(describeConfiguration(bare))),
  );
});

it('says the summary of the last file, and what hosts need, in small pieces', () => {
  const reload = new Reload({ configuration: LARGE } as ConstructorParameters<typeof Reload>[0]);
  const summary = piecesOf(reload.lastFile.text());
  expect(JSON.parse(summary.join(''))).toEqual(JSON.parse(JSON.stringify(summaryOf(LARGE))));
  expect(summaryText(LARGE).value).toEqual(reload.lastFile.value);
  const plan = piecesOf(reload.hostPlan.text());
  expect(JSON.parse(plan.join('')).length).toBeGreaterThan(300);
  expect(Math.max(...[...summary, ...plan].map(({ length }) => length))).toBeLessThan(LONGEST);
});
