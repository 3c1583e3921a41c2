import { workerData } from 'node:worker_threads';
import { Failure } from '../failure.js';
import { piecesOf } from './in-transit.js';
import { readAgain } from './read-again.js';
import type { Told, ToRead } from './read-beside.js';
import { RouteTable } from './route-table.js';

const { wanted, tables, port } = workerData as ToRead;
const tell = (told: Told): void => port.postMessage(told);
try {
  const known = tables.map((each) => RouteTable.of(each));
  for (const piece of piecesOf(readAgain(wanted, known), known)) tell({ piece });
} catch (error) {
  if (error instanceof Failure)
    tell({ failure: { exitCode: error.exitCode, message: error.message, fix: error.fix } });
  else tell({ error });
}
