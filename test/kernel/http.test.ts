import { expect, it } from 'vitest';
import type { Drawing } from '../../src/http/drawing.js';
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

  it('says where its dashboard is, also later', async () => {
    expect(lab().process.stderr).toContain(`dashboard: ${await url()}\n`);
    expect((await lab().shown<{ readonly http: string }>('status')).http).toBe(await url());
    expect((await lab().tunpike('show', 'status')).stdout).toContain(await url());
  });

  it('lays its map out in a thread of its own', async () => {
    const drawn = (await (await fetch(`${await url()}/dashboard/map`)).json()) as Drawing;
    expect(drawn.nodes.map(({ id }) => id).toSorted()).toEqual(
      ['host alice', 'host bob', 'link blue', 'link red', 'router r1'].toSorted(),
    );
    // As many as like ask at once, and get the same one.
    const again = await Promise.all(
      Array.from({ length: 20 }, async () => fetch(`${await url()}/dashboard/map`)),
    );
    for (const each of again) expect(await each.json()).toEqual(drawn);
  });
});
