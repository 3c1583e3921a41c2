import { join } from 'node:path';
import { Rows } from '../../src/control/rows.js';
import { drawingOf } from '../../src/http/layout.js';
import { metricsOf } from '../../src/http/metrics.js';
import { readPage } from '../../src/http/page.js';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../src/http/server.js';
import { explain } from '../../src/lab/explain/explain.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { SILENT } from '../../src/observe/log.js';
import { showInterfaces } from '../../src/observe/show.js';
import { topologyRows } from '../../src/observe/show-topology.js';
import { Monitors } from '../../src/runtime/services/monitor.js';
import { configured } from '../support/configured.js';

const LAB = `
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24, igmp: {} } } } }
`;

/** A server of a lab in virtual time, on a port of its own. */
export interface Started {
  readonly virtual: VirtualLab;
  readonly server: HttpServer;
  readonly url: string;
  readonly port: number;
}

type Settings = Partial<
  Pick<HttpServerOptions, 'listen' | 'token' | 'longestRequest' | 'longestSilence' | 'answer' | 'log'>
>;

/** Starts a server; its `routes` are 2500 rows that are no routes, a third of them of r1. */
export const started = async (settings: Settings = {}): Promise<Started> => {
  const monitors = new Monitors(() => '2026-01-01T00:00:00.000Z');
  const virtual = new VirtualLab(configured(LAB), { observer: monitors });
  const { lab } = virtual;
  const server = await startHttpServer({
    listen: '127.0.0.1:0',
    token: undefined,
    log: SILENT,
    answer: (what) =>
      what === 'interfaces'
        ? showInterfaces(lab)
        : what === 'topology'
          ? [...topologyRows(lab)]
          : (new Rows(function* () {
              for (let each = 0; each < 2500; each += 1) {
                if (each % 100 === 99) yield undefined;
                yield { each, router: each % 3 === 0 ? 'r1' : 'r2' };
              }
            }) as never),
    routers: () => ['r1', 'r2'],
    metrics: metricsOf({ lab, version: '1.2.3', now: () => virtual.now, isLastReloadSuccessful: () => true }),
    explain: (params) => explain(lab, params, virtual.now),
    follow: (params, caller) => void monitors.follow(params, caller, 'lab'),
    page: readPage(join(import.meta.dirname, '../../dist')),
    draw: async (topology, direction) => drawingOf(topology, direction),
    ...settings,
  });
  return { virtual, server, url: server.url, port: Number(new URL(server.url).port) };
};
