import type { Configuration } from '../../src/config/configuration.js';
import { readConfiguration } from '../../src/config/read.js';
import type { Event } from '../../src/event.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { milliseconds } from '../../src/time.js';

/** What a file says after its `version: 1`; throws with everything that is wrong with it. */
export const configured = (text: string, file = 'lab.yaml'): Configuration => {
  const { configuration, problems } = readConfiguration(`version: 1\n${text}`, file);
  if (configuration === undefined)
    throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return configuration;
};

/** A lab in virtual time, just started, and what it tells of one type. */
export const watchedLab = (
  text: string,
  type: Event['type'],
): { readonly lab: VirtualLab; readonly events: Event[] } => {
  const events: Event[] = [];
  const observer = {
    wants: (each: Event['type']) => each === type,
    notify: (event: Event) => void events.push(event),
  };
  const lab = new VirtualLab(configured(text), { observer });
  lab.advance(milliseconds(10));
  return { lab, events };
};
