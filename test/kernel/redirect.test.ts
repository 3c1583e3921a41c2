import { expect, it } from 'vitest';
import { REDIRECT_DEMO } from '../../src/cli/demo/redirect.js';
import { describeKernel } from '../support/kernel.js';
import { withLab } from '../support/lab.js';

describeKernel('two routers on a host’s link', ['ping'], () => {
  it('makes the host’s kernel use the better one after a redirect from the other', () =>
    withLab(REDIRECT_DEMO.lab, async (lab) => {
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
    }));
});
