import { describe, expect, it } from 'vitest';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { perform } from '../support/changes.js';
import { configured } from '../support/configured.js';
import { failureOf } from '../support/failure.js';
import { icmp, message } from '../support/icmp.js';

const TWO_ROUTERS = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24, igmp: {} }, blue: { address: 192.0.2.1/24 } } }
  r2: { interfaces: { blue: { address: 192.0.2.2/24 } } }
`;

const labOf = (text: string): VirtualLab => new VirtualLab(configured(text));
describe('icmp set', () => {
  it('changes what one router sends, at once, and nothing else', () => {
    const lab = labOf(TWO_ROUTERS);
    lab.host('alice', 'red').take();
    const answers = (): number => {
      lab
        .host('alice', 'red')
        .send(icmp(message(8, 0, [0, 1, 0, 1]), { source: '198.51.100.10', destination: '198.51.100.1' }));
      return lab.host('alice', 'red').take().length;
    };
    expect(answers()).toBe(1);
    expect(perform(lab, 'icmp set --echo-reply false -r r1').fields).toEqual({
      router: 'r1',
      echoReply: false,
    });
    expect(answers()).toBe(0);
    const { routers } = lab.lab.configuration;
    expect(routers.get('r1')!.settings.icmp.echoReply).toBe(false);
    expect(routers.get('r2')!.settings.icmp.echoReply).toBe(true);
    perform(lab, 'icmp set --echo-reply -r r1');
    expect(answers()).toBe(1);
  });

  it('asks which router is meant', () => {
    const lab = labOf(TWO_ROUTERS);
    expect(failureOf(() => perform(lab, 'icmp set --probe'))).toMatchObject({
      exitCode: 2,
      fix: 'name one with -r: r1 r2',
    });
    expect(failureOf(() => perform(lab, 'icmp set --probe -r r11'))).toMatchObject({
      exitCode: 2,
      fix: 'did you mean `r1`?',
    });
  });
});

describe('igmp query and leave', () => {
  it('act on an interface that runs IGMP', () => {
    const lab = labOf(TWO_ROUTERS);
    lab.host('alice', 'red').take();
    expect(perform(lab, 'igmp query r1.red --group 239.1.2.3').said).toEqual([
      'r1.red: version 3 query about 239.1.2.3 sent',
    ]);
    expect(lab.host('alice', 'red').take()).toHaveLength(1);
    expect(perform(lab, 'igmp leave red 239.1.2.3')).toMatchObject({
      isYes: false,
      fields: { interface: 'r1.red', group: '239.1.2.3', source: null, forgotten: false },
    });
    expect(failureOf(() => perform(lab, 'igmp query blue')).exitCode).toBe(2);
  });
});
