import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { withLab } from '../support/lab.js';

describeKernel('two routers on a host’s link', ['ping'], () => {
  it('makes the host’s kernel use the better one after a redirect from the other', () =>
    withLab(
      `
links:
  red: { gateway: r1 }
  blue: {}
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 } }
    routes: [{ to: 203.0.113.0/24, via: 198.51.100.2 }]
  r2:
    interfaces: { red: { address: 198.51.100.2/24 }, blue: { address: 203.0.113.1/24 } }
`,
      async (lab) => {
        const way = async (): Promise<string> => (await lab.on('alice', 'ip route get 203.0.113.10')).stdout;
        expect(await way()).toMatch(/via 198\.51\.100\.1 /);
        const { stdout } = await lab.on('alice', 'ping -n -c 3 -i 0.3 203.0.113.10');
        expect(stdout).toContain('3 received');
        expect(stdout).toMatch(/From 198\.51\.100\.1.*Redirect Host\(New nexthop: 198\.51\.100\.2\)/);
        const redirected = await way();
        expect(redirected).toMatch(/via 198\.51\.100\.2 /);
        expect(redirected).toContain('<redirected>');
        const [r1] = await lab.show<{ router: string; sent: Record<string, number> }[]>('icmp');
        expect(r1?.sent['redirect-host']).toBeGreaterThan(0);
      },
    ));
});
