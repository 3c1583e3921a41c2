import { expect, it } from 'vitest';
import { parseChangeLine } from '../../src/change/change.js';
import { performChange } from '../../src/lab/change/perform.js';
import { configurationInForce } from '../../src/lab/in-force.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { accepted } from '../../src/text/fault.js';
import { seconds } from '../../src/time.js';
import { configured } from '../support/configured.js';

const file = (red: string, router = '') =>
  configured(`
links: { red: ${red}, blue: { delay: 5ms } }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } }
    ${router}
`);

/** A lab whose file changes while commands have their say. */
const running = (first: ReturnType<typeof file>) => {
  const virtual = new VirtualLab(first);
  let last = first;
  return {
    virtual,
    type: (line: string) => performChange(virtual.lab, accepted(parseChangeLine(line)), virtual.now),
    reload: (next: ReturnType<typeof file>) => {
      virtual.apply(configurationInForce(last, next, virtual.lab.configuration));
      last = next;
    },
    red: () => virtual.lab.configuration.links.get('red'),
    blue: () => virtual.lab.configuration.links.get('blue'),
    icmp: () => virtual.lab.configuration.routers.get('r1')?.settings.icmp,
  };
};

it('keeps what commands have set where the files do not differ, and for as long as they said', () => {
  const lab = running(file('{ delay: 10ms }'));
  lab.type('link set red --loss 100% --for 2s');
  lab.type('link set red --duplicate 1% --delay 50ms');
  lab.type('link set blue --delay 7ms');
  lab.type('icmp set --echo-reply false -r r1');
  lab.reload(file('{ delay: 20ms }', 'icmp: { probe: true }'));
  expect(lab.red()).toMatchObject({ delay: 20, loss: 1, duplicate: 0.01 });
  expect(lab.blue()).toMatchObject({ delay: 7 });
  expect(lab.icmp()).toMatchObject({ echoReply: false, probe: true });
  lab.virtual.advance(seconds(3));
  expect(lab.red()).toMatchObject({ delay: 20, loss: undefined, duplicate: 0.01 });
  lab.type('link reset red');
  expect(lab.red()).toMatchObject({ delay: 20, duplicate: undefined });
  lab.reload(file('{ delay: 20ms }'));
  expect(lab.icmp()).toMatchObject({ echoReply: false, probe: false });
});

it('gives a lab what the file says where nobody has changed anything, and nothing to do where it says the same', () => {
  const [first, second] = [file('{ delay: 10ms }'), file('{ mtu: 1400 }', 'ip: { class-e: true }')];
  const lab = running(first);
  const before = lab.virtual.lab.configuration;
  lab.reload(file('{ delay: 10ms }'));
  expect(lab.red()).toBe(before.links.get('red'));
  lab.reload(second);
  expect(lab.virtual.lab.configuration).toEqual(second);
  lab.reload(first);
  expect(lab.virtual.lab.configuration).toEqual(first);
});

it('names the loopback address as the source of errors only where the router has one', () => {
  const lab = running(file('{}', 'ip: { loopback: 192.0.2.1/32 }'));
  lab.type('icmp set --source loopback --probe -r r1');
  lab.reload(file('{}'));
  expect(lab.icmp()).toMatchObject({ source: 'egress', probe: true });
  expect(() => lab.type('icmp set --source loopback -r r1')).toThrow('r1 has no loopback address');
});

it('forgets what was set for a sender that leaves the link', () => {
  const with_ = (extra: string) =>
    configured(`
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } }${extra} }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`);
  const lab = running(with_(', bob: { interfaces: { red: { address: 198.51.100.20/24 } } }'));
  lab.type('link set red --from bob --loss 1%');
  lab.type('link set red --from bob --delay 1s --for 1h');
  lab.type('link set red --from alice --loss 2%');
  lab.reload(with_(''));
  expect([...lab.red()!.from.keys()]).toEqual(['alice']);
});
