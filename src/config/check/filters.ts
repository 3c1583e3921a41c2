import { PORT_KEYS } from '../../filter.js';
import { formatProtocol, hasPorts } from '../../text/protocols.js';
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
      const protocol = match?.protocol;
      if (protocol === undefined || hasPorts(protocol)) continue;
      for (const key of PORT_KEYS)
        if (match?.[key] !== undefined)
          report.errorAtKey(
            'E-KEY',
            [...path, 'match', key],
            `only UDP and TCP have ports, but the protocol is \`${formatProtocol(protocol)}\``,
            'remove it, or change the protocol to `udp` or `tcp`',
          );
    }
};
