import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Configuration } from '../config/configuration.js';
import { listenOutside } from '../host/outside.js';
import { isInsideRootless } from '../host/rootless.js';
import type { HttpServer } from '../http/server.js';
import { explain } from '../lab/explain/explain.js';
import type { LabLoop } from '../lab/loop.js';
import type { Log } from '../observe/log.js';
import { version } from '../version.js';
import type { Monitors } from './services/monitor.js';
import type { Shower } from './services/show.js';

/** What the HTTP server tells of. */
export interface HttpEnvironment {
  readonly loop: LabLoop;
  readonly show: Shower;
  readonly monitors: Monitors;
  readonly log: Log;
  readonly isLastReloadSuccessful: () => boolean;
}

/** Starts the HTTP server of a lab, if its configuration asks for one; only then is its code loaded. */
export const openHttp = async (
  { name, http }: Configuration,
  { loop, show, monitors, log, isLastReloadSuccessful }: HttpEnvironment,
): Promise<HttpServer | undefined> => {
  if (http === undefined) return undefined;
  const [{ startHttpServer }, { metricsOf }, { readPage }, { drawer }] = await Promise.all([
    import('../http/server.js'),
    import('../http/metrics.js'),
    import('../http/page.js'),
    import('../http/draw.js'),
  ]);
  const { lab } = loop;
  return startHttpServer({
    ...http,
    log,
    ...(isInsideRootless() ? { open: listenOutside } : {}),
    answer: show.answer,
    routers: () => [...lab.routers.keys()],
    metrics: metricsOf({ lab, version: version(), now: () => loop.readClock(), isLastReloadSuccessful }),
    explain: (params) => explain(lab, params, loop.readClock()),
    follow: (params, caller) => void monitors.follow(params, caller, name),
    page: readPage(dirname(dirname(fileURLToPath(import.meta.url)))),
    draw: drawer(),
  });
};
