import { afterEach, describe, expect, it } from 'vitest';
import type { Configuration, RouterConfiguration } from '../../src/config/configuration.js';
import { LabLoop } from '../../src/lab/loop.js';
import { Adoption } from '../../src/runtime/adoption.js';
import { Arena } from '../../src/tun/arena.js';
import { configured } from '../support/configured.js';

const ROUTERS = 20;
const names = Array.from({ length: ROUTERS }, (_, at) => `r${at + 1}`);
const LAST = configured(
  [
    'links: { core: {} }',
    'routers:',
    ...names.map((name, at) => `  ${name}: { interfaces: { core: { address: 192.0.2.${at + 1}/24 } } }`),
  ].join('\n'),
);

const changed = (router: RouterConfiguration, icmp: Partial<RouterConfiguration['settings']['icmp']>) => ({
  ...router,
  settings: { ...router.settings, icmp: { ...router.settings.icmp, ...icmp } },
});
/** The same where every router is silent. */
const SILENT: Configuration = {
  ...LAST,
  routers: new Map([...LAST.routers].map(([name, each]) => [name, changed(each, { echoReply: false })])),
};

describe('a lab that adopts what its file says', () => {
  let loop: LabLoop;
  const started = (): Adoption => {
    loop = new LabLoop(LAST, new Arena());
    return new Adoption(loop, LAST);
  };
  afterEach(() => loop.close());
  const silent = (): number =>
    [...loop.lab.routers.values()].filter(({ settings }) => !settings.icmp.echoReply).length;

  it('does so eight routers a turn, and the rest in one', () => {
    const adoption = started();
    const counts = [...adoption.some(SILENT)].map(() => 0);
    expect(counts).toHaveLength(2);
    expect(silent()).toBe(16);
    adoption.whole(SILENT);
    expect(silent()).toBe(ROUTERS);
  });

  it('takes back what some routers have adopted', () => {
    const adoption = started();
    adoption.some(SILENT).next();
    expect(silent()).toBe(8);
    adoption.takeBack();
    expect(silent()).toBe(0);
    expect(loop.lab.configuration.routers).toEqual(LAST.routers);
  });

  it('keeps what somebody changes meanwhile', () => {
    const adoption = started();
    const steps = adoption.some(SILENT);
    steps.next();
    const { configuration } = loop.lab;
    const routers = new Map(configuration.routers);
    routers.set('r1', changed(routers.get('r1')!, { redirects: false }));
    routers.set('r20', changed(routers.get('r20')!, { redirects: false }));
    loop.perform((now) => loop.lab.apply({ ...configuration, routers }, now));
    for (const _ of steps);
    adoption.whole(SILENT);
    expect(silent()).toBe(ROUTERS);
    const redirecting = [...loop.lab.routers.values()].filter(({ settings }) => settings.icmp.redirects);
    expect(redirecting).toHaveLength(ROUTERS - 2);
  });

  it('does all in one turn where links differ', () => {
    const adoption = started();
    const narrow = { ...SILENT.links.get('core')!, mtu: 1400 };
    const steps = adoption.some({ ...SILENT, links: new Map([['core', narrow]]) });
    expect(steps.next().done).toBe(true);
    expect(silent()).toBe(0);
  });
});
