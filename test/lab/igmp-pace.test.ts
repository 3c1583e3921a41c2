import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/address.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { milliseconds, seconds } from '../../src/time.js';
import { report, type Say } from '../igmp/bench.js';
import { configured } from '../support/configured.js';
import { ip } from '../support/datagram.js';

const HOSTS = 100;

/** Many hosts on a link, and so many routers with IGMP. */
const labOf = (routers: number): VirtualLab => {
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
  const lab = new VirtualLab(
    configured(`
links: { red: {} }
hosts:
${numbers(HOSTS)
  .map((at) => `  h${at}: { interfaces: { red: { address: 10.0.0.${100 + at}/24 } } }`)
  .join('\n')}
routers:
${numbers(routers)
  .map((at) => `  r${at}: { interfaces: { red: { address: 10.0.0.${1 + at}/24, igmp: {} } } }`)
  .join('\n')}
`),
  );
  lab.advance(seconds(60));
  return lab;
};

const sayOfAll = (type: Say[0]): Uint8Array[] =>
  [0, 60, 120].map((first) =>
    report(
      Array.from({ length: 60 }, (_, at): Say => [type, formatAddress(ip('239.1.0.0') + first + at)]),
      { source: '10.0.0.100' },
    ),
  );

const groupsOf = (lab: VirtualLab, router: string): number =>
  [...lab.lab.routers.get(router)!.igmp.values()][0]!.memberships.groups.size;

describe('IGMP in a lab', () => {
  it('makes no more copies of queries at once than others can wait for', () => {
    const lab = labOf(1);
    const [speaker, listener] = [lab.host('h0', 'red'), lab.host('h1', 'red')];
    for (const each of sayOfAll('to-ex')) speaker.send(each);
    lab.advance(seconds(1));
    expect(groupsOf(lab, 'r0')).toBe(180);
    listener.take();
    for (const each of sayOfAll('to-in')) speaker.send(each);
    // The three reports, and as many queries as their copies allow.
    const atOnce = listener.take().length - 3;
    expect(atOnce).toBeGreaterThan(1);
    expect(atOnce).toBeLessThanOrEqual(Math.ceil(256 / HOSTS));
    for (let at = 0; at < 20; at += 1) {
      lab.advance(milliseconds(1));
      expect(listener.take().length).toBeLessThanOrEqual(5);
    }
    lab.advance(seconds(4));
    expect(groupsOf(lab, 'r0')).toBe(0);
  });

  it('is so much of all routers together', () => {
    const lab = labOf(4);
    for (const each of sayOfAll('to-ex')) lab.host('h0', 'red').send(each);
    const groups = [0, 1, 2, 3].map((at) => groupsOf(lab, `r${at}`));
    expect(groups.reduce((sum, each) => sum + each, 0)).toBeLessThan(256 / 2);
    lab.advance(milliseconds(20));
    expect([0, 1, 2, 3].map((at) => groupsOf(lab, `r${at}`))).toEqual([180, 180, 180, 180]);
  });
});
