import { readConfiguration } from '../../../src/config/read.js';
import type { IgmpWords } from './settings-words.js';

/** What the program says of a file with these settings of one interface: `error E-RANGE`, `warning …`, each in order. */
export const saidAbout = (igmp: IgmpWords): string[] => {
  const file = {
    version: 1,
    links: { red: {} },
    hosts: { alice: { interfaces: { red: { address: '198.51.100.10/24' } } } },
    routers: { r1: { interfaces: { red: { address: '198.51.100.1/24', igmp } } } },
  };
  // JSON is YAML.
  return readConfiguration(JSON.stringify(file), 'lab.yaml').problems.map(
    ({ severity, code }) => `${severity} ${code}`,
  );
};

/** Says what is wrong unless the file is refused, or with `warning` taken with one. */
export const refusalFault = (
  igmp: IgmpWords,
  severity: 'error' | 'warning' = 'error',
): string | undefined => {
  const said = saidAbout(igmp);
  const isRefused = said.some((each) => each.startsWith('error'));
  const isSaid = said.some((each) => each.startsWith(severity));
  if (isSaid && (severity === 'error' || !isRefused)) return undefined;
  return `${JSON.stringify(igmp)} is answered with ${said.join(', ') || 'nothing'} instead of ${severity}`;
};
