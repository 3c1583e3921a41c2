import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { withLab } from '../support/lab.js';
import { twoLinks } from '../support/topologies.js';

const ROUTES = Array.from(
  { length: 5000 },
  (_, at) => `      - { to: 10.${at >> 8}.${at & 255}.0/24, via: 203.0.113.10 }`,
).join('\n');

const TWO_LINKS = twoLinks({ router: `    routes:\n${ROUTES}` });

const REQUEST = '{"jsonrpc":"2.0","id":1,"method":"show","params":{"what":"routes"}}\n';

describeKernel('a lab that is asked without end', ['ping'], () => {
  it('forwards all the same', () =>
    withLab(TWO_LINKS, async (lab) => {
      const crowd = Array.from({ length: 20 }, () => {
        const socket = connect(`/run/tunpike/${lab.name}.sock`);
        socket.on('error', () => {});
        socket.resume();
        socket.write(REQUEST.repeat(900));
        return socket;
      });
      try {
        const { stdout } = await lab.on('alice', 'ping -n -q -c 100 -i 0.01 -W 5 203.0.113.10');
        // Where one is lost, who had it last says more than that it is gone.
        const fates = JSON.stringify({ drops: await lab.show('drops'), devices: await lab.show('devices') });
        expect(stdout, fates).toContain(' 0% packet loss');
        const slowest = Number(/= [\d.]+\/[\d.]+\/([\d.]+)\//.exec(stdout)?.[1]);
        // In one turn, what the crowd asks takes more than ten seconds.
        expect(slowest).toBeLessThan(1000);
        // Whoever asks beside them waits for a turn, and gets one.
        expect(await lab.show<unknown[]>('routes')).toHaveLength(5004);
      } finally {
        for (const socket of crowd) socket.destroy();
      }
    }));
});
