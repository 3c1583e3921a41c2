import { portsFault } from '../../change/filter.js';
import type { FileDraft } from '../draft.js';
import type { Report } from '../problem-report.js';

/** Finds filters that contradict themselves. */
export const checkFilters = (draft: FileDraft, report: Report): void => {
  for (const [name, router] of draft.routers ?? [])
    for (const [at, filter] of (router?.filters ?? []).entries()) {
      const { action, match } = filter ?? {};
      const path = ['routers', name, 'filters', at];
      if (filter?.with !== undefined && action !== undefined && action !== 'reject')
        report.errorAtKey(
          'E-KEY',
          [...path, 'with'],
          `\`with\` requires \`action: reject\`, but the action is \`${action}\``,
          'remove it, or change the action to `reject`',
        );
      const fault = portsFault(
        {
          protocol: match?.protocol,
          sourcePort: match?.['source-port'],
          destinationPort: match?.['destination-port'],
        },
        () => 'it',
      );
      if (fault !== undefined)
        report.errorAtKey(fault.fault, [...path, 'match', fault.key], fault.message, fault.fix);
    }
};
