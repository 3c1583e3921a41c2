import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';
import { parsePrometheus } from '../support/prometheus.js';
import { TWO_LINKS } from '../support/topologies.js';

describeKernel('a lab that is asked over HTTP', ['ip', 'ping'], () => {
  const lab = sharedLab(`${TWO_LINKS}http: { listen: "127.0.0.1:0" }\n`);
  const url = async (): Promise<string> => /at (http:\/\/127\.0\.0\.1:\d+)/.exec(lab().process.stderr)![1]!;

  it('tells what has passed, as `show -j` and Prometheus do', async () => {
    expect((await lab().on('alice', 'ping -c 3 -i 0.05 203.0.113.10')).code).toBe(0);
    const samples = parsePrometheus(await (await fetch(`${await url()}/metrics`)).text());
    const forwarded = samples.find(
      ({ name, labels }) =>
        name === 'tunpike_interface_transmit_packets_total' && labels.interface === 'r1.blue',
    );
    expect(forwarded?.value).toBeGreaterThanOrEqual(3);
    const shown = await (await fetch(`${await url()}/api/neighbors`)).json();
    expect(shown).toEqual(JSON.parse((await lab().tunpike('show', 'neighbors', '-j')).stdout));
  });
});
